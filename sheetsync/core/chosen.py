"""What a choice comes to: the value that holds from now on, or the day until which both sides may differ."""

import re
from datetime import date

from sheetsync.core.disputes import Dispute
from sheetsync.core.fields import field_type
from sheetsync.core.fields.dialects import Dialect, decide_dialect
from sheetsync.core.graph import Rules
from sheetsync.core.hearsay import LONGEST_TEXT
from sheetsync.core.matters import CUSTOM, UNTIL
from sheetsync.core.model import Cell, Problem
from sheetsync.core.rulings import Verdict
from sheetsync.core.telling import quoted
from sheetsync.core.typed import Typed

_DAY = field_type("day", None)
_WORD = re.compile(r"\w+")
_PART = re.compile(r"\s*;\s*")


def content(
    one: Typed, verdict: Verdict, dispute: Dispute, rules: Rules, today: date
) -> tuple[dict[str, str], date | None, str]:
    """What holds from now on (field -> canonical text), until when both may differ, and why neither can be told."""
    match verdict:
        case Verdict.KEEP_A:
            return dict(dispute.a.says), None, ""
        case Verdict.KEEP_B:
            return dict(dispute.b.says), None, ""
        case Verdict.KEEP_AGREED:
            missing = [rules.fields[name].label for name in dispute.fields if name not in dispute.agreed]
            why = f"nothing was ever agreed for {' and '.join(missing)}" if missing else ""
            return dict(dispute.agreed), None, why
        case Verdict.CUSTOM:
            return (*_custom(one, dispute, rules, today),)
        case Verdict.MAY_DIFFER:
            until, why = _until(one, today)
            return {}, until, why


def _until(one: Typed, today: date) -> tuple[date | None, str]:
    """The day, as people write days in that workbook; one that can be read in two ways is asked."""
    text = one.days.get(UNTIL, one.until).strip()
    found = _DAY.parse(Cell(text, text), _dialect(one, text, today))
    if isinstance(found, Problem):
        return None, f"under `until`, {found.message}; type it as {next(iter(found.candidates), '2026-12-31')}"
    if not isinstance(found, date):
        return None, "until when may they differ? Type a day under `until`, as 2026-12-31"
    return (found, "") if found >= today else (None, f"{found.isoformat()} under `until` is over")


def _dialect(one: Typed, text: str, today: date) -> Dialect:
    """How days and numbers are written where this was typed; on a command line only what is plain to everybody."""
    if not one.locale:
        return Dialect(season=today)
    return decide_dialect([Cell(text, text)], one.locale, season=today, time_zone=one.time_zone)


def _custom(one: Typed, dispute: Dispute, rules: Rules, today: date) -> tuple[dict[str, str], None, str]:
    text = one.custom
    if not text.strip():
        return {}, None, "which value? Type it under `custom value`"
    if len(text) > LONGEST_TEXT:
        return {}, None, f"what stands under `custom value` has more than {LONGEST_TEXT:,} characters"
    said, why = _per_field(text, dispute, rules)
    holds: dict[str, str] = {}
    for name, words in said.items():
        field = rules.fields[name]
        if len(said) == 1 and field.type.kind == _DAY.kind:
            words = one.days.get(CUSTOM, words)
        parsed = field.type.parse(Cell(words, words), _dialect(one, words, rules.season or today))
        if parsed is None or isinstance(parsed, Problem):
            reason = parsed.message if isinstance(parsed, Problem) else f"{quoted(words)} says nothing"
            return {}, None, f"{reason} ({field.label})"
        holds[name] = field.type.format(parsed)
    return holds, None, why


def _per_field(text: str, dispute: Dispute, rules: Rules) -> tuple[dict[str, str], str]:
    """One value; or of a group `field = value; field = value`, with all of its moved fields."""
    if len(dispute.fields) == 1:
        return {dispute.field: text.strip()}, ""
    names = {_fold(spelling): name for name in dispute.fields for spelling in (name, rules.fields[name].label)}
    example = "; ".join(f"{name} = {dispute.a.says[name]}" for name in dispute.fields)
    wanted = f"type all of them under `custom value`: {quoted(example)}"
    said: dict[str, str] = {}
    for part in filter(None, _PART.split(text.strip())):
        label, equals, value = part.partition("=")
        if not equals or _fold(label) not in names:
            return {}, wanted
        said[names[_fold(label)]] = value.strip()
    return (said, "") if said.keys() == set(dispute.fields) else ({}, wanted)


def _fold(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))
