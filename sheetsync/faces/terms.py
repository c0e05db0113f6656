"""What is agreed on at the handoffs, as the configuration writes it and as people read it."""

from collections.abc import Iterator, Mapping
from typing import Any, assert_never

from sheetsync.core.graph import RowsDue
from sheetsync.core.terms import After, Before, Condition, Contract, OneOf, SumAtMost, Terms, VariesBy, Within

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


def terms_words(terms: Terms) -> str:
    """A contract in as few words as it takes: "equal", "within flight_start to flight_end"."""
    said = terms_document(terms)
    return said.replace("_", " ") if isinstance(said, str) else _terms_text(said)


def rows_due_document(due: RowsDue) -> dict[str, Any]:
    """Which of the giver's rows must stand in a receiver; no `which` means all."""
    return {"id": due.id, "from": due.giver, "to": list(due.receivers), "which": _lists(due.which)}


def handed_over_text(document: Document) -> Iterator[str]:
    """Handoffs, rows and approvals of the configuration's document, for people."""
    for handoff in document["handoffs"]:
        words = [f"{name} {terms}" for name, terms in handoff["contracts"].items() if isinstance(terms, str)]
        yield f"  {handoff['id']:<20} {', '.join(words)}".rstrip()
        for name, terms in handoff["contracts"].items():
            if not isinstance(terms, str):
                yield f"      {name} {_terms_text(terms)}"
    yield from (f"  {_due_text(due)}" for due in document["rows_due"])
    for approval in document["approvals"]:
        yield f"  {approval_text(approval)}"


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
    held = of if isinstance(of, str) else between.join(of)
    when = f", where {_condition_text(terms['when'])}" if "when" in terms else ""
    return f"{kind.replace('_', ' ')} {held}{when}"


def _condition_text(condition: Document) -> str:
    return " and ".join(f"{name} is {' or '.join(words)}" for name, words in condition.items())


def _lists(condition: Condition) -> dict[str, list[str]]:
    return {name: list(words) for name, words in condition.items()}
