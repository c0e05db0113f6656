"""One handoff, or one of its contracts: who gives, who takes, what must hold, for whom not, and what is broken now."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.config.findings import did_you_mean, nearest
from sheetsync.core.exemptions import exemptions_of
from sheetsync.core.graph import Handoff, Rules
from sheetsync.errors import UsageError
from sheetsync.faces.contracts import READY, contract_sentence
from sheetsync.faces.exceptions import exception_text, exceptions_document
from sheetsync.faces.flags import count, flags_table, open_document
from sheetsync.faces.moments import iso, to_the_minute
from sheetsync.faces.records import title_of
from sheetsync.faces.tables import Cell, Column, Screen, card, heading, paragraph, table
from sheetsync.faces.terms import condition_words, contract_words, readiness_words, rows_due_text

Document = Mapping[str, Any]

VERSION = 1

_NAME: Final = re.compile(r"(?P<giver>[^.:>]+?)\s*(?:->|→|:)\s*(?P<receiver>[^.:>]+?)(?:\.(?P<field>\w+))?")
#: so many flags are listed, the others counted
_LISTED: Final = 5


def contract_document(config: Config, name: str) -> Document:
    """What one handoff demands, or one of its contracts, and the open flags that name it.

    Raises UsageError for a handoff or a contract there is not.
    """
    rules = config.rules
    handoff, field = _find(rules, name)
    fields = tuple(handoff.contracts) if field is None else (field,) if field != READY else ()
    ids = {handoff.contract_id(one) for one in fields}
    ids |= {handoff.contract_id(READY)} if field in (None, READY) else set()
    ids |= {due.id for due in rules.rows_due if field is None and _is_due(due.id, handoff)}
    last, flags = _flags(config, ids)
    return {
        "version": VERSION,
        "now": iso(wiring.now()),
        "last_run": last,
        "id": handoff.id if field is None else handoff.contract_id(field),
        "from": {"source": handoff.giver, "title": title_of(handoff.giver, rules)},
        "to": {"source": handoff.receiver, "title": title_of(handoff.receiver, rules)},
        "contracts": [_contract(config, handoff, one, flags) for one in fields],
        "exceptions": [one for of in sorted(ids) for one in exceptions_document(config, exemptions_of(rules, of))],
        "ready_when": _readiness(handoff, field),
        "groups": {name: list(of) for name, of in rules.groups.items() if set(of) & set(fields)},
        "approvals": [
            _approval(rules, handoff, one.name) for one in rules.approvals if _bears(one.name, rules, handoff, fields)
        ],
        "rows_due": [rows_due_text(due) for due in rules.rows_due if due.id in ids],
        "open": None if flags is None else len(flags),
        "flags": [] if flags is None else list(flags),
    }


def _find(rules: Rules, name: str) -> tuple[Handoff, str | None]:
    """The handoff that is meant, and the field where one contract of it is."""
    said = _NAME.fullmatch(name.strip())
    known = [it.id for it in rules.handoffs]
    if said is None:
        example = known[0] if known else "briefs->landing"
        raise UsageError(f"{name!r} names no handoff.", f'Write it in quotes: "{example}".')
    wanted, field = f"{said['giver']}->{said['receiver']}", said["field"]
    handoff = next((it for it in rules.handoffs if it.id == wanted), None)
    if handoff is None:
        guess = nearest(wanted, known)
        hint = did_you_mean(guess).removeprefix("; ").capitalize() or f"Handoffs: {', '.join(known)}."
        raise UsageError(f"no handoff is called {wanted!r}.", hint)
    if field is not None and field not in handoff.contracts and field != READY:
        guess = did_you_mean(nearest(field, handoff.contracts)).removeprefix("; ").capitalize()
        raise UsageError(
            f"{wanted} has no contract on {field!r}.", guess or f"It has {', '.join(handoff.contracts) or 'none'}."
        )
    return handoff, field


def _is_due(due: str, handoff: Handoff) -> bool:
    giver, _, receivers = due.partition("->")
    return giver == handoff.giver and handoff.receiver in receivers.split(",")


def _flags(config: Config, contracts: set[str]) -> tuple[str | None, Sequence[Document] | None]:
    """When the last run was, and the open flags that name one of these contracts, worst first; None before any run."""
    if not config.ledger.exists():
        return None, None
    ledger = wiring.past(config)
    last, proposed = ledger.last_run(), ledger.memory().proposed_ids
    found = [open_document(flag, proposed) for flag in ledger.open_flags() if flag.document["contract"] in contracts]
    return None if last is None else iso(last.ended), found


def _contract(config: Config, handoff: Handoff, name: str, flags: Sequence[Document] | None) -> Document:
    rules, of = config.rules, handoff.contract_id(name)
    owner = rules.owners.get(name)
    return {
        "id": of,
        "field": name,
        "label": rules.fields[name].label,
        "owner": owner,
        "terms": contract_words(handoff, name).partition(" [")[0],
        "sentence": contract_sentence(rules, handoff.giver, handoff.receiver, name),
        "severity": str(rules.severity_of(handoff, name)),
        "open": None if flags is None else sum(flag["contract"] == of for flag in flags),
    }


def _readiness(handoff: Handoff, field: str | None) -> Document | None:
    if field not in (None, READY):
        return None
    return {
        "ready": readiness_words(handoff.ready_when),
        "taken": condition_words(handoff.taken_when) or None,
        "done": condition_words(handoff.done_when) or None,
    }


def _bears(approval: str, rules: Rules, handoff: Handoff, fields: Sequence[str]) -> bool:
    """Whether an approval covers what crosses here, or must be given before this is taken."""
    one = next(it for it in rules.approvals if it.name == approval)
    asked = handoff.ready_when is not None and approval in handoff.ready_when.approved
    return asked or bool(set(one.covers) & set(fields))


def _approval(rules: Rules, handoff: Handoff, approval: str) -> Document:
    one = next(it for it in rules.approvals if it.name == approval)
    return {
        "approval": one.name,
        "by": title_of(one.source, rules),
        "covers": list(one.covers),
        "asked": handoff.ready_when is not None and approval in handoff.ready_when.approved,
    }


# ---------------------------------------------------------------- for people


def contract_text(screen: Screen, document: Document) -> Iterator[str]:
    """The handoff, its contracts, what bears on it, and the worst of what is broken; the last line counts."""
    yield from heading(screen, document["id"])
    yield from card(screen, _facts(document))
    contracts = document["contracts"]
    if len(contracts) == 1:
        yield from paragraph(screen, contracts[0]["sentence"])
    elif contracts:
        yield ""
        yield from table(
            screen,
            (Column("Field"), Column("Must be"), Column("Severity", whole=True), Column("Open", whole=True)),
            [
                [it["field"], it["terms"], it["severity"], "-" if it["open"] is None else str(it["open"])]
                for it in contracts
            ],
        )
    if document["flags"]:
        yield ""
        yield from flags_table(screen, document["flags"][:_LISTED], document["now"])
    yield _count(document)


def _facts(document: Document) -> Iterator[tuple[str, str | Cell]]:
    giver, receiver = document["from"], document["to"]
    yield "gives", f"{giver['title']} ({giver['source']})"
    yield "takes", f"{receiver['title']} ({receiver['source']})"
    if len(document["contracts"]) == 1:
        [one] = document["contracts"]
        yield "severity", one["severity"]
    for due in document["rows_due"]:
        yield "rows", due
    if ready := document["ready_when"]:
        yield "ready when", ready["ready"]
        for state in ("taken", "done"):
            if ready[state]:
                yield f"{state} when", ready[state]
    for name, fields in document["groups"].items():
        yield "together", f"{', '.join(fields)} ({name})"
    for one in document["approvals"]:
        asked = "asked for, " if one["asked"] else ""
        yield "approval", f"{one['approval']} by {one['by']}: {asked}covers {', '.join(one['covers'])}"
    for one in document["exceptions"]:
        style = "yellow" if one["ended"] or one["unknown"] else ""
        yield "exception", Cell(f"{one['contract'].rpartition('.')[2]}: {exception_text(one)}", style=style)


def _count(document: Document) -> str:
    if document["open"] is None:
        return "no run yet: `sheetsync reconcile` says what is broken"
    high = sum(flag["severity"] == "high" for flag in document["flags"])
    more = "; `sheetsync conflicts show ID`" if document["flags"] else ""
    listed = f", {document['open'] - _LISTED} not listed" if document["open"] > _LISTED else ""
    when = f", as of {to_the_minute(document['last_run'])}" if document["last_run"] else ""
    return f"{count(document['open'], 'open flag')} ({high} high){listed}{when}{more}"
