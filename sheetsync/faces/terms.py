"""What is agreed on at the handoffs, as the configuration writes it and as people read it."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final, assert_never

from sheetsync.core.graph import Handoff, Readiness, RowsDue
from sheetsync.core.terms import (
    After,
    Amount,
    Before,
    Condition,
    Contract,
    OneOf,
    Share,
    SumAtMost,
    Terms,
    Tolerance,
    VariesBy,
    Within,
)
from sheetsync.faces.exceptions import exception_text

Document = Mapping[str, Any]


def terms_document(terms: Terms) -> str | dict[str, Any]:
    """A contract as the configuration writes it."""
    match terms:
        case Contract():
            return str(terms)
        case Within(start, end, when):
            said: dict[str, Any] = {"within": [start, end]}
        case SumAtMost(whole, when):
            said = {"sum_at_most": whole}
        case OneOf(words, when):
            said = {"one_of": list(words)}
        case Before(other, when):
            said = {"before": other}
        case After(other, when):
            said = {"after": other}
        case VariesBy(by, every, copies_allowed, when):
            said = {"varies_by": by}
            said |= {"every": list(every)} if every else {}
            said |= {"copies": "allowed"} if copies_allowed else {}
        case _:
            assert_never(terms)
    return said | ({"when": _lists(when)} if when else {})


def contract_document(handoff: Handoff, name: str) -> str | dict[str, Any]:
    """A contract with its fine print, as the configuration writes it."""
    said, small = terms_document(handoff.contracts[name]), handoff.fine_print(name)
    more: dict[str, Any] = {}
    if small.tolerance is not None:
        more["tolerance"] = tolerance_text(small.tolerance)
    if small.severity is not None:
        more["severity"] = str(small.severity)
    if small.when:
        more["when"] = _lists(small.when)
    if not more:
        return said
    return ({said: True} if isinstance(said, str) else said) | more


def contract_words(handoff: Handoff, name: str) -> str:
    """A contract in as few words as it takes: "equal", "within flight_start to flight_end, 1 day beyond is fine"."""
    said = contract_document(handoff, name)
    return said.replace("_", " ") if isinstance(said, str) else _terms_text(said)


def tolerance_text(of: Tolerance) -> str:
    """How far apart is fine, as people write it."""
    match of:
        case Amount(number):
            return _plain(number)
        case Share(number):
            return f"{_plain(number * 100)}%"
        case timedelta():
            for unit, length in _UNITS:
                if of % length == timedelta():
                    times = of // length
                    return f"{times} {unit}" + "s" * (times != 1)
            return f"{of.total_seconds() / 60:g} minutes"
        case _:
            assert_never(of)


_UNITS: Final = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rows_due_document(due: RowsDue) -> dict[str, Any]:
    """Which of the giver's rows must stand in a receiver; no `which` means all."""
    return {"id": due.id, "from": due.giver, "to": list(due.receivers), "which": _lists(due.which)}


def readiness_document(handoff: Handoff) -> dict[str, Any]:
    """When a handoff may be taken, and which words say that it is taken or done, as the configuration writes it."""
    ready = handoff.ready_when
    return {
        **({} if ready is None else {"ready_when": _demands(ready)}),
        **({"taken_when": _lists(handoff.taken_when)} if handoff.taken_when else {}),
        **({"done_when": _lists(handoff.done_when)} if handoff.done_when else {}),
    }


def _demands(ready: Readiness) -> dict[str, Any]:
    named = {name: list(getattr(ready, name)) for name in ("agree", "filled", "production", "approved")}
    return {name: those for name, those in named.items() if those} | ({"is": _lists(ready.says)} if ready.says else {})


def readiness_text(document: Document) -> Iterator[str]:
    """The same for people: "ready when offer alike everywhere; page_status is live", and so on."""
    if "ready_when" in document:
        yield f"ready when {_demands_text(document['ready_when'])}"
    for name, word in (("taken_when", "taken"), ("done_when", "done")):
        if name in document:
            yield f"{word} when {_condition_text(document[name])}"


def handed_over_text(document: Document) -> Iterator[str]:
    """Handoffs, rows and approvals of the configuration's document, for people."""
    for handoff in document["handoffs"]:
        words = [f"{name} {terms}" for name, terms in handoff["contracts"].items() if isinstance(terms, str)]
        yield f"  {handoff['id']:<20} {', '.join(words)}".rstrip()
        for name, terms in handoff["contracts"].items():
            if not isinstance(terms, str):
                yield f"      {name} {_terms_text(terms)}"
        yield from (f"      {line}" for line in readiness_text(handoff))
    yield from (f"  {_due_text(due)}" for due in document["rows_due"])
    for approval in document["approvals"]:
        yield f"  {approval_text(approval)}"
    for one in document["exceptions"]:
        yield f"  {one['contract']}: {exception_text(one)}"


def approval_text(approval: Document) -> str:
    """What counts as an approval, what it covers, who gives it, and where it is repeated."""
    granted, covers = " or ".join(approval["granted"]), ", ".join(approval["covers"])
    where = f"each row of {approval['source']} where {approval['state']} is {granted}"
    return f"approval {approval['name']}: {where} covers {covers}{_given_text(approval)}"


def _given_text(approval: Document) -> str:
    """By whom it is given, and where it is repeated, as far as that is configured."""
    signed = " and ".join(name for name in (approval["who"], approval["when"]) if name)
    by = ", ".join(approval["approvers"])
    claims = ", ".join(f"{source}.{name}" for source, name in approval["claims"].items())
    parts = (("signed in ", signed), ("may be given by ", by), ("repeated in ", claims))
    return "".join(f"; {words}{what}" for words, what in parts if what)


def rows_due_text(due: RowsDue) -> str:
    """Which rows must stand where, in words."""
    return _due_text(rows_due_document(due))


def _due_text(due: Document) -> str:
    which = f" where {_condition_text(due['which'])}" if due["which"] else ""
    return f"each row of {due['from']}{which} has one in {' or '.join(due['to'])}"


def _terms_text(terms: Document) -> str:
    """The same for people: "within flight_start to flight_end, where campaign_status is live"."""
    [(kind, of), *_] = terms.items()
    between = " to " if kind == "within" else " or "
    held = "" if of is True else of if isinstance(of, str) else between.join(of)
    return " ".join((kind.replace("_", " "), held)).strip() + _beside(terms)


def _beside(terms: Document) -> str:
    """What is said beside the terms themselves."""
    text = f", each in {' and '.join(terms['every'])}" if "every" in terms else ""
    text += ", copies allowed" if "copies" in terms else ""
    if "tolerance" in terms and not terms["tolerance"].startswith("0 "):
        text += f", {terms['tolerance']} {'apart' if 'equal' in terms else 'beyond'} is fine"
    text += f", where {_condition_text(terms['when'])}" if "when" in terms else ""
    return text + (f" [{terms['severity']}]" if "severity" in terms else "")


def readiness_words(ready: Readiness | None) -> str:
    """When a handoff may be taken, in words."""
    if ready is None:
        return "what the giver says on every field that crosses can be read"
    return _demands_text(_demands(ready))


def _demands_text(demands: Document) -> str:
    words = {
        "agree": "{} alike everywhere",
        "filled": "{} filled",
        "production": "{} on a production host",
        "approved": "{} approved and not stale",
    }
    named = {name: text.format(" and ".join(demands[name])) for name, text in words.items() if name in demands}
    said = {"is": _condition_text(demands["is"])} if "is" in demands else {}
    order = ("agree", "filled", "is", "production", "approved")
    return "; ".join((named | said)[name] for name in order if name in demands)


def condition_words(condition: Condition) -> str:
    """Words that fields must say, for people."""
    return _condition_text(_lists(condition))


def _condition_text(condition: Document) -> str:
    return " and ".join(f"{name} is {' or '.join(words)}" for name, words in condition.items())


def _lists(condition: Condition) -> dict[str, list[str]]:
    return {name: list(words) for name, words in condition.items()}
