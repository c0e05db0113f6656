"""The sentences handoffs are told in, and the evidence of their states as a text that can be kept."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, assert_never

from sheetsync.core.contracts import Pair
from sheetsync.core.evidence import (
    Apart,
    Defective,
    Demand,
    Evidence,
    Fails,
    GoneStale,
    Handed,
    Holds,
    NotGranted,
    NoWord,
    OtherWord,
    Unsure,
)
from sheetsync.core.flags import Flag, FlagKind
from sheetsync.core.graph import READY_WHEN, Rules
from sheetsync.core.model import Claim, Place
from sheetsync.core.telling import Told, flag_on, quoted
from sheetsync.core.truth import Unknown

#: more copies than these are counted, not listed
_LISTED = 3


def early_flags(states: Iterable[Handed], rules: Rules) -> Iterator[Flag]:
    """What was begun or done before it might be, once per handoff and row, at the cell that says so."""
    for one in states:
        if one.too_early and one.begun is not None:
            name = one.begun.field
            yield flag_on(
                one.begun,
                one.record,
                FlagKind.VIOLATION,
                tell_early(one, one.begun, rules),
                one.handoff.fine_print(READY_WHEN).severity or rules.severity(name),
                owner=one.failing[0].source or None,
                contract=one.handoff.contract_id(READY_WHEN),
                # Several handoffs into one row may be told at the same cell.
                subject=f"{one.record} {one.handoff.id}",
            )


def tell_early(one: Handed, begun: Claim, rules: Rules) -> Told:
    """What a row has to hear that was begun too early: every demand that does not hold."""
    told = [tell_failing(piece, rules) for piece in one.failing]
    label, giver = rules.fields[begun.field].label, rules.sources[one.handoff.giver].title
    why = "; ".join(dict.fromkeys(it.message for it in told))
    names = "; ".join(dict.fromkeys(it.discreet for it in told))
    return Told(
        f"{label} is {quoted(begun.raw)} here, but what {giver} hands over is not ready: {why}",
        f"{label} says that this was begun, but what {giver} hands over is not ready: {names}",
        frozenset((one.handoff.giver,)).union(*(it.sources for it in told)),
    )


def tell_failing(piece: Fails, rules: Rules) -> Told:
    """Why one demand does not hold."""
    about = frozenset((piece.source,)) if piece.source else frozenset[str]()
    title = rules.sources[piece.source].title if piece.source else "nobody"
    label = rules.fields[piece.about].label if piece.about in rules.fields else f"approval {piece.about}"
    match piece.why:
        case NoWord(unknown):
            return _tell_unknown(unknown, label if piece.demand is Demand.APPROVED else "")
        case Apart(copies):
            return _tell_apart(copies, rules)
        case OtherWord(said, words):
            text = rules.fields[piece.about].type.format(said)
            return Told(
                f"{label} is {quoted(text)} in {title}, not {' or '.join(words)}",
                f"{label} in {title} is not what it must be",
                about,
            )
        case Defective(kinds):
            text = f"{label} in {title}: {', '.join(kinds)}"
            return Told(text, text, about)
        case NotGranted(said):
            text = f"{label} is not granted in {title}"
            return Told(text if said is None else f"{text} ({quoted(str(said))})", text, about)
        case GoneStale(fields):
            names = ", ".join(rules.fields[name].label for name in fields)
            text = f"{label} in {title} is stale ({names})"
            owners = {rules.owners[name] for name in fields if name in rules.owners}
            return Told(text, text, about | owners)
        case _:
            assert_never(piece.why)


def _tell_unknown(unknown: Unknown, label: str) -> Told:
    reason = f"{label}: {unknown.reason}" if label else unknown.reason
    return Told(reason + (f" ({unknown.detail})" if unknown.detail else ""), reason, unknown.sources)


def _tell_apart(copies: Sequence[Pair], rules: Rules) -> Told:
    """Which copies are apart from their owner."""
    word, source = copies[0].owner, copies[0].owner_source or copies[0].handoff.giver
    field, owner = rules.fields[copies[0].field], rules.sources[source].title
    listed = [f"{quoted(pair.copy.raw)} in {_spot(pair.copy.place, rules)}" for pair in copies[:_LISTED]]
    listed += [f"{len(copies) - _LISTED} more"] if len(copies) > _LISTED else []
    titles = dict.fromkeys(rules.sources[pair.copy.place.source].title for pair in copies)
    said = field.type.format(word.value)
    return Told(
        f"{field.label} is not the same everywhere: {said} in {owner} (owner), {' and '.join(listed)}",
        f"{field.label} in {' and '.join(titles)} is not what {owner} says, whose word counts",
        frozenset((source,)) | {pair.copy.place.source for pair in copies},
    )


def _spot(place: Place, rules: Rules) -> str:
    title = rules.sources[place.source].title
    return title if place.tab_id is None or place.row is None else f"{title} (row {place.row + 1})"


# ---------------------------------------------------------------- as it is kept

Document = dict[str, Any]


def evidence_text(evidence: Sequence[Evidence], rules: Rules) -> str:
    """Evidence as canonical JSON: a list, each piece with what it is about, whether it holds, by whose word and where.

    `holds` is null where nobody can tell. Rows are 0-based. The same evidence is always the same text.
    """
    pieces = [_piece(piece, rules) for piece in evidence]
    return json.dumps(pieces, sort_keys=True, separators=(",", ":"))


def _piece(piece: Evidence, rules: Rules) -> Document:
    claim, why, holds = None, "", None
    match piece:
        case Holds():
            claim, holds = piece.claim, True
        case Fails():
            claim, why, holds = piece.claim, tell_failing(piece, rules).message, False
        case Unsure():
            claim, why = piece.claim, _tell_unknown(piece.reason, "").message
        case _:
            assert_never(piece)
    about = {"demand": str(piece.demand), "about": piece.about, "holds": holds, "source": piece.source, "why": why}
    return {**about, "place": None if claim is None else _place(claim.place)}


def _place(place: Place) -> list[Any]:
    """In the order of `Place`."""
    return [
        place.source,
        place.spreadsheet,
        place.tab,
        place.tab_id,
        place.row,
        place.column,
        place.column_name,
    ]
