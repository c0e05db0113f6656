"""What if a cell said something else: the same rows, of which single cells claim other values than they do."""

from collections.abc import Mapping
from dataclasses import replace

from sheetsync.core.graph import Rules
from sheetsync.core.match import Identified, Matched
from sheetsync.core.model import Value
from sheetsync.core.record_fields import RecordField


def as_if(matched: Matched, words: Mapping[RecordField, Value], rules: Rules) -> Matched:
    """The rows as if these (source, record, field) said these values; which record a row is about does not change.

    A row that is not there, or has no such column, says nothing all the same.
    """
    if not words:
        return matched
    by_row: dict[tuple[str, str], dict[str, Value]] = {}
    for (source, record, name), value in words.items():
        by_row.setdefault((source, record), {})[name] = value
    changed = (_saying(item, by_row.get((item.record.source, item.key)), rules) for item in matched.identified)
    return replace(matched, identified=tuple(changed))


def _saying(item: Identified, words: Mapping[str, Value] | None, rules: Rules) -> Identified:
    if words is None:
        return item
    claims = dict(item.record.claims)
    for name, value in words.items():
        if name in claims:
            text = rules.fields[name].type.format(value)
            claims[name] = replace(claims[name], parsed=value, raw=text, ranged=False)
    return replace(item, record=replace(item.record, claims=claims))
