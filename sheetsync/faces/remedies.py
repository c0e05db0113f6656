"""What a person can do about a flag, in a sentence: sheetsync changes no cell of theirs, so somebody has to."""

from collections.abc import Mapping
from typing import Any

from sheetsync.core.campaigns import registrars
from sheetsync.core.flags import FlagKind
from sheetsync.core.graph import GENERATED, Rules
from sheetsync.faces.flags import is_hearsay
from sheetsync.faces.records import title_of

Document = Mapping[str, Any]

#: `here` is the flag's cell, `there` the owner's, as people find them
_STEPS = {
    FlagKind.DIFFERENCE: "Correct {here} to {expected}; or, if {here} is right, have {owner} change {there}.",
    FlagKind.CONFLICT: "Decide which value holds, and make {here} and {there} say it.",
    FlagKind.VIOLATION: "Bring {here} in line with the contract, or agree on another one in `handoffs`.",
    FlagKind.STALE_APPROVAL: "Ask whoever approved to look at what has changed since, and to approve again.",
    FlagKind.CONTRADICTION: "Make {here} and what it contradicts say one thing.",
    FlagKind.UNREADABLE: "Type what is meant into {here}, so that it can be read.",
    FlagKind.AMBIGUOUS: "Type into {here} which one is meant{once}.",
    FlagKind.NEAR_MISS_ID: "Correct the id in {here}, or say which it is: {answer}.",
    FlagKind.MISSING_ROW: "Add the row that is missing in {source}, or take the campaign off there.",
    FlagKind.ORPHAN_ROW: "Correct the id in {here}, add the campaign to {lists}, or say which it is: {answer}.",
    FlagKind.DUPLICATE_ROW: "Keep one of the rows, or give each a key of its own.",
    FlagKind.URL_DEFECT: "Correct the address in {here}.",
    FlagKind.VOCABULARY: "Use a known word in {here}, or add this spelling under `vocabularies`.",
    FlagKind.LATE: "Get the yes that is asked for, or put {here} back to {before}.",
    FlagKind.MISSING_INPUT: "Fill in {here}.",
}

_SAID_ELSEWHERE = (
    "Say yes or no to what was claimed (`sheetsync claims list --owner {owner}`); what holds, type into {here}."
)


def what_to_do(flag: Document, here: str, there: str | None, rules: Rules) -> str:
    """The next step for one flag; `here` is its cell and `there` the other side's, as people find them."""
    if is_hearsay(flag):
        return _SAID_ELSEWHERE.format(owner=flag["owner"], here=here)
    if flag["owner"] == GENERATED:
        return _generated(flag, here, rules)
    return _STEPS[FlagKind(flag["kind"])].format(
        once=_said_once(flag, rules),
        here=here,
        there=there or "the other side",
        expected=flag["expected"],
        owner=title_of(flag["owner"], rules),
        source=title_of(flag["source"], rules),
        before=next(reversed(flag["candidates"]), "what it said"),
        answer=f"`sheetsync match accept {flag['id']} {next(iter(flag['candidates']), 'CAMPAIGN')}`",
        lists=" or ".join(sorted(title_of(name, rules) for name in registrars(rules))) or "its owner",
    )


def _said_once(flag: Document, rules: Rules) -> str:
    """For a whole column, where its cells leave one thing open: the setting that answers all of them."""
    field, source = rules.fields.get(flag["field"]), rules.sources.get(flag["source"])
    said = {"day": "day first", "moment": "day first", "money": "EUR"}.get(field.type.kind) if field else None
    if said is None or source is None or flag["field"] not in source.columns or not flag["candidates"]:
        return ""
    return f", or say it once for the column: `reads: {{{flag['field']}: {said}}}` in sources.{flag['source']}"


def _generated(flag: Document, here: str, rules: Rules) -> str:
    source = rules.sources.get(flag["source"])
    filled = source is not None and flag["field"] in source.generated
    hand_over = f", or hand the column over: `sheetsync adopt {flag['source']} {flag['field']}`" if filled else ""
    return f"Put what is generated into {here} (a link that is live stays as it is){hand_over}."
