"""The deepdiff room: which fields of which records changed or disagree.

DeepDiff sees `{record: {field: value}}`, never lists of rows, so nothing can be paired by resemblance. It is asked
only about dirty records (cheap equality says which); a law shows that this gives what DeepDiff over everything would.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deepdiff import DeepDiff
from deepdiff.operator import BaseOperator

from sheetsync.core.fields import Field
from sheetsync.core.model import Value

Records = Mapping[str, Mapping[str, Value | None]]
"""record key -> field -> value; None where nothing is claimed."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one record with two meanings; None where one side claims nothing."""

    record: str
    field: str
    left: Value | None
    right: Value | None


class _Sameness(BaseOperator):
    """Two values are one when their field says so; DeepDiff must not look inside them."""

    def __init__(self, fields: Mapping[str, Field] | None) -> None:
        super().__init__()
        self._fields = fields

    def match(self, level: Any) -> bool:
        return len(level.path(output_format="list")) == 2

    def give_up_diffing(self, level: Any, diff_instance: DeepDiff) -> bool:
        name = level.path(output_format="list")[1]
        if not _same(self._fields, name, level.t1, level.t2):
            diff_instance.custom_report_result("differences", level)  # type: ignore[no-untyped-call]
        return True


def _same(fields: Mapping[str, Field] | None, name: str, left: Value | None, right: Value | None) -> bool:
    if left is None or right is None or fields is None:
        return left == right
    return fields[name].type.agrees(left, right)


def dirty(left: Records, right: Records) -> frozenset[str]:
    """Records that are not equal to the letter: the only ones worth asking DeepDiff about."""
    return frozenset(key for key in left.keys() | right.keys() if left.get(key) != right.get(key))


def differences(
    left: Records, right: Records, fields: Mapping[str, Field] | None = None, everything: bool = False
) -> tuple[Difference, ...]:
    """Fields that differ between two sets of records, sorted by record and field.

    With `fields`, two values are the same when the field's type says they mean the same; without, when they are equal.
    A record or field that one side lacks counts as claiming nothing there. `everything` skips the fast path.
    """
    keys = left.keys() | right.keys() if everything else dirty(left, right)
    if not keys:
        return ()
    names = {key: sorted(left.get(key, {}).keys() | right.get(key, {}).keys()) for key in keys}
    report = DeepDiff(_padded(left, names), _padded(right, names), view="tree", custom_operators=[_Sameness(fields)])
    found = [_difference(level) for level in report.get("differences", ())]
    return tuple(sorted(found, key=lambda difference: (difference.record, difference.field)))


def pretty(left: Mapping[str, Mapping[str, str]], right: Mapping[str, Mapping[str, str]]) -> str:
    """DeepDiff's own report of what turns `left` into `right`: record -> field -> text; a line for each change."""
    report: str = DeepDiff(left, right).pretty()
    return report


def _difference(level: Any) -> Difference:
    record, name = level.path(output_format="list")
    return Difference(record, name, level.t1, level.t2)


def _padded(records: Records, names: Mapping[str, list[str]]) -> dict[str, dict[str, Value | None]]:
    """Both sides with the same keys, so that an absent claim is an ordinary None and not DeepDiff's 'item added'."""
    return {key: {name: records.get(key, {}).get(name) for name in names[key]} for key in names}
