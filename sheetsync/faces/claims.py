"""What was said in a chat or a mail, for the owners of its fields: as documents and as text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.campaigns import fold_key
from sheetsync.core.graph import Rules
from sheetsync.core.hearsay import OPEN, OURSELVES, Hearsay, Move, State, is_link, moved_since, says_so
from sheetsync.core.model import Claim, Entity
from sheetsync.core.truth import campaign_of
from sheetsync.engine.asking import Desk
from sheetsync.engine.claiming import Filed, Said, answer, file, named
from sheetsync.errors import UsageError
from sheetsync.faces.flags import count
from sheetsync.faces.moments import age, ahead, iso, to_the_minute
from sheetsync.faces.records import as_recorded, campaign_words, find_record, place_name, title_of
from sheetsync.faces.tables import Cell, Column, Screen, card, heading, paragraph, shortened, table
from sheetsync.ports import Memory

Document = Mapping[str, Any]

VERSION = 1

#: what `--state` takes beside the states themselves
OPEN_ONES: Final = "open"
ALL: Final = "all"


@dataclass(frozen=True)
class Wanted:
    """Which claims; what is empty does not choose."""

    #: source whose field it is about
    owner: str = ""
    #: an id, or the partner and name of a campaign without one
    campaign: str = ""
    state: str = OPEN_ONES


def file_document(
    config: Config, key: str, claimed: str, origin: str, by: str, note: str = "", expires: str = "24h"
) -> Document:
    """File what somebody said about KEY as `FIELD=VALUE`. Raises `UsageError` where nobody could be asked about it."""
    rules, desk = config.rules, wiring.desk(config)
    name, sign, value = claimed.partition("=")
    if not sign:
        raise UsageError(f"{claimed[:100]!r} is no claim about a field.", "Type FIELD=VALUE: `flight_end=2026-12-06`.")
    until = ahead(expires, "--expires", desk.clock.now())
    memory = desk.ledger.memory()
    record = _record(key, name.strip(), memory, rules)
    done = file(desk, rules, record, name.strip(), Said(value, origin, by, note, until), wiring.user())
    return _done(config, desk, done)


def answer_document(config: Config, name: str, verdict: State, by: str) -> Document:
    """Accept or reject a claim. Raises `UsageError` as `engine.claiming.answer` does."""
    desk = wiring.desk(config)
    return _done(config, desk, answer(desk, name, verdict, by or wiring.user()))


def list_document(config: Config, wanted: Wanted) -> Document:
    """The claims that are wanted, in the order in which they were filed. Raises `UsageError` for an unknown owner."""
    rules = config.rules
    if wanted.owner and wanted.owner not in rules.sources:
        raise UsageError(f"--owner {wanted.owner!r} is no source.", f"Known are: {', '.join(rules.sources)}.")
    memory, now = wiring.past(config).memory(), wiring.now()
    chosen = [it for it in memory.hearsay if _is_wanted(it, wanted, memory, rules, now)]
    told = [claim_document(config, it, memory, now) for it in chosen]
    return {"version": VERSION, "now": iso(now), "total": len(memory.hearsay), "claims": told}


def show_document(config: Config, name: str) -> Document:
    """One claim in full. Raises `UsageError` for an id there is not."""
    memory, now = wiring.past(config).memory(), wiring.now()
    return {
        "version": VERSION,
        "now": iso(now),
        "claim": claim_document(config, named(name, memory.hearsay), memory, now),
    }


def _record(key: str, name: str, memory: Memory, rules: Rules) -> str:
    record = find_record(key, memory.proposed_ids, {it.record for it in memory.observations.values()})
    field = rules.fields.get(name)
    if field is not None and field.of is Entity.PLACEMENT and record == campaign_of(record):
        seen = {it.record for it in memory.observations.values()}
        placements = sorted(one for one in seen if campaign_of(one) == record and one != record)
        raise UsageError(
            f"{name} is a field of placements, not of campaigns.",
            f"Name one: {' or '.join(placements)}." if placements else f"{record} has no placement yet.",
        )
    return record


def _is_wanted(it: Hearsay, wanted: Wanted, memory: Memory, rules: Rules, now: datetime) -> bool:
    state = it.state(now)
    by_state = {ALL: True, OPEN_ONES: state in OPEN}.get(wanted.state, state == wanted.state)
    asked = fold_key(campaign_of(as_recorded(wanted.campaign, memory.proposed_ids)))
    return (
        by_state
        and (not wanted.owner or rules.owners.get(it.field) == wanted.owner)
        and (not wanted.campaign or fold_key(campaign_of(it.record)) == asked)
    )


def claim_document(config: Config, it: Hearsay, memory: Memory, now: datetime) -> Document:
    """One claim as plain data, with what its owner's cell was last seen to say."""
    rules, field = config.rules, config.rules.fields.get(it.field)
    owner, cell = rules.owners.get(it.field), _cell(it, memory, rules)
    state = it.state(now)
    return {
        "id": it.id,
        "record": it.record,
        "campaign": campaign_words(it.record, memory.proposed_ids),
        "field": it.field,
        "label": field.label if field is not None else it.field,
        "value": it.value,
        "source": it.origin,
        "link": it.origin if is_link(it.origin) else None,
        "by": it.by,
        "note": it.note or None,
        "state": str(state),
        "filed": iso(it.filed.at),
        "until": iso(it.filed.until) if it.filed.until is not None else None,
        "owner": owner,
        "owner_title": title_of(owner, rules),
        "owner_says": cell.raw if cell is not None else None,
        "owner_cell": place_name(cell.place) if cell is not None else None,
        "owner_link": wiring.link(config, cell.place) if cell is not None and cell.place.tab_id is not None else None,
        "says_so": field is not None and says_so(it, cell, field),
        "moved_since": state is State.PENDING and field is not None and moved_since(it, cell, field),
        "moves": [move_document(move) for move in _with_end(it, state)],
    }


def move_document(move: Move) -> Document:
    """One change of state."""
    return {"state": str(move.state), "by": move.by, "at": iso(move.at), "until": move.until and iso(move.until)}


def _with_end(it: Hearsay, state: State) -> Sequence[Move]:
    """Its moves, and that its time is over where no run has noted it yet."""
    if state is State.EXPIRED and it.last.state is State.PENDING and it.last.until is not None:
        return (*it.moves, Move(State.EXPIRED, OURSELVES, it.last.until))
    return it.moves


def _cell(it: Hearsay, memory: Memory, rules: Rules) -> Claim | None:
    """The owner's cell as last seen."""
    owner, field = rules.owners.get(it.field), rules.fields.get(it.field)
    seen = None if owner is None else memory.observations.get((owner, it.record, it.field))
    if seen is None or field is None:
        return None
    try:
        parsed = None if seen.value is None else field.type.read(seen.value)
    except ValueError:
        parsed = None
    return Claim(it.field, parsed, seen.raw, seen.place)


def said_elsewhere(config: Config, record: str, name: str, memory: Memory) -> Sequence[Document]:
    """Everything that was claimed about one field of one record, for `truth`."""
    now = wiring.now()
    return [claim_document(config, it, memory, now) for it in memory.hearsay if (it.record, it.field) == (record, name)]


def _done(config: Config, desk: Desk, done: Filed) -> Document:
    memory, now = desk.ledger.memory(), desk.clock.now()
    others = [claim_document(config, it, memory, now) for it in done.others]
    it = claim_document(config, done.it, memory, now)
    return {"version": VERSION, "now": iso(now), "claim": it, "is_new": done.is_new, "others": others}


# ---------------------------------------------------------------- for people

_COLOURS = {"pending": "yellow", "accepted": "green", "rejected": "red"}
_COLUMNS = (
    Column("ID", whole=True),
    Column("Age", whole=True, right=True),
    Column("State", whole=True),
    Column("About"),
    Column("Claimed"),
)


def list_text(screen: Screen, document: Document) -> Iterator[str]:
    """A row per claim, the oldest first; the last line counts."""
    claims = document["claims"]
    yield from table(screen, _COLUMNS, (_row(screen, it, document["now"]) for it in claims))
    if claims:
        yield ""
    of = f" of {document['total']} (--state all)" if len(claims) < document["total"] else ""
    waiting = sum(it["state"] == State.PENDING for it in claims)
    yield f"{count(len(claims), 'claim')}{of}, {waiting} pending" + ("; `sheetsync claims show ID`" if claims else "")


def _row(screen: Screen, it: Document, now: str) -> list[str | Cell]:
    says = shortened(screen, it["owner_says"] or "") or "(blank)"
    changed = ", changed since" if it["moved_since"] else ""
    return [
        Cell(it["id"], it["link"]),
        age(it["filed"], now),
        Cell(it["state"], style=_COLOURS.get(it["state"], "")),
        f"{it['record']} / {it['field']}\n{it['owner_title']} says {says}{changed}",
        f"{shortened(screen, it['value'])}\nby {shortened(screen, it['by'])}",
    ]


def show_text(screen: Screen, document: Document) -> Iterator[str]:
    """One claim, fact by fact, and what became of it."""
    it, now = document["claim"], document["now"]
    yield from heading(screen, f"{it['record']} / {it['label']}  [{it['state']} {it['id']}]")
    facts: list[tuple[str, str | Cell]] = [("claimed", it["value"]), ("by", it["by"])]
    facts.append(("in", it["source"]))
    facts += [("note", it["note"])] if it["note"] else []
    facts += [("owner", it["owner_title"])]
    if it["owner_cell"] is not None:
        changed = " (changed since this was filed)" if it["moved_since"] else ""
        says = f"{it['owner_says'] or '(blank)'}{changed}\nin {it['owner_cell']}"
        facts.append(("owner says", Cell(says, it["owner_link"])))
    for move in it["moves"]:
        until = f", until {to_the_minute(move['until'])}" if move["until"] else ""
        word = "filed" if move["state"] == State.PENDING else move["state"]
        facts.append((word, f"{to_the_minute(move['at'])} by {move['by']}{until} ({age(move['at'], now)})"))
    facts.append(("to do", _next(it)))
    yield from card(screen, facts)


def _next(it: Document) -> str:
    if it["says_so"] and it["state"] in OPEN:
        return "Nothing: its owner's cell says it, and the next run closes this."
    where = f"{it['owner_title']} {it['owner_cell'] or ''}".strip()
    match State(it["state"]):
        case State.PENDING:
            return f"`sheetsync claims accept {it['id']}` or `sheetsync claims reject {it['id']}`."
        case State.ACCEPTED:
            return f"Type {it['value']} into {where}: nobody else does, and nothing follows before."
        case State.EXPIRED | State.CLOSED:
            return "Nothing; `sheetsync claim` files it again."
        case _:
            return "Nothing."


def done_text(screen: Screen, document: Document) -> Iterator[str]:
    """What was filed or answered, what else waits about the same field, and what to do next."""
    it = document["claim"]
    yield from paragraph(screen, _what_happened(it, document["is_new"]), hanging=2)
    if it["state"] in OPEN:
        yield from paragraph(screen, _next(it), indent=2)
    for other in document["others"]:
        said = f"{other['state']} too: {shortened(screen, other['value'])} by {shortened(screen, other['by'])}"
        yield from paragraph(screen, f"{other['id']} is {said}", indent=2)
    yield "No value changes by it. The next `sheetsync reconcile`, or cycle, tells the row."


def _what_happened(it: Document, is_new: bool) -> str:
    last = it["moves"][-1]
    about = f"{it['id']}: {it['record']} / {it['field']} = {it['value']}, claimed by {it['by']},"
    when = f"by {last['by']} at {to_the_minute(last['at'])}"
    match State(it["state"]):
        case State.PENDING if is_new:
            return f"{about} is filed for {it['owner_title']} until {to_the_minute(it['until'])}."
        case State.PENDING:
            return f"{about} was filed before: it is pending until {to_the_minute(it['until'])}."
        case State.ACCEPTED | State.REJECTED if is_new:
            return f"{about} is {it['state']} by {last['by']}."
        case _:
            return f"{about} was {it['state']} before, {when}."


def says(it: Document) -> str:
    """One claim in a line, for `truth`."""
    ends = {State.PENDING: f"pending until {to_the_minute(it['until'])}"} if it["until"] else {}
    last = it["moves"][-1]
    state = ends.get(State(it["state"]), f"{it['state']} by {last['by']} {to_the_minute(last['at'])}")
    changed = "; its owner's cell has changed since" if it["moved_since"] else ""
    return f"said elsewhere: {it['value']} by {it['by']} in {it['source']}, {state} [{it['id']}]{changed}"
