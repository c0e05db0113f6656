"""How far handoffs are and why, as of the last run: for `handoffs`, and in short for those who tell of other things."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.graph import Rules
from sheetsync.core.model import Place
from sheetsync.core.receipts import Receipt
from sheetsync.core.states import State
from sheetsync.core.truth import campaign_of
from sheetsync.engine.building import receipts
from sheetsync.errors import UsageError
from sheetsync.faces.moments import iso, to_the_minute
from sheetsync.faces.records import campaign_words, find_record, place_name, title_of
from sheetsync.faces.tables import Cell, Column, Row, Screen, heading, table
from sheetsync.ports import AboutHandoff, HandoffState, Ledger, Memory

Document = Mapping[str, Any]

VERSION = 1

#: by these the window a handoff has to be ready for is known
_WINDOW = ("flight_start", "flight_end")
_WORDS = {str(state): str(state).replace("_", " ") for state in State}


def handoffs_document(config: Config, key: str | None, handoff: str | None, state: str | None) -> Document:
    """Every handoff with its counts, and the state of each record with its evidence, the most urgent window first.

    Raises UsageError for a record of which nothing was ever seen and for a handoff that is not configured.
    """
    rules, ledger = config.rules, wiring.past(config)
    memory, last = ledger.memory(), ledger.last_run()
    if handoff is not None and all(one.id != handoff for one in rules.handoffs):
        raise UsageError(
            f"no handoff is called {handoff!r}.", f"Handoffs: {', '.join(one.id for one in rules.handoffs)}."
        )
    record = None if key is None else _record(key, memory)
    chosen = [
        one
        for one in memory.handed.values()
        if (record is None or concerns(one, record)) and handoff in (None, one.handoff)
    ]
    receipts = receipts_of(config, ledger, memory)
    shown = sorted((one for one in chosen if state in (None, one.state)), key=_urgency(rules, memory))
    return {
        "version": VERSION,
        "as_of": last and {"run": last.id, "ended": iso(last.ended)},
        "record": record,
        "handoff": handoff,
        "state": state,
        "handoffs": [_counted(config, name, chosen) for name in _named(rules, handoff, chosen)],
        "states": [{**state_document(config, one, memory), "receipt": receipts.get(one.about)} for one in shown],
    }


def _record(key: str, memory: Memory) -> str:
    seen = {record for _, record, _ in memory.observations} | {record for _, record in memory.handed}
    return find_record(key, memory.proposed_ids, seen)


def concerns(one: HandoffState, record: str) -> bool:
    """Whether a state is one of a record, or of a placement of that campaign."""
    return one.record == record or campaign_of(one.record) == record


def _named(rules: Rules, handoff: str | None, chosen: Iterable[HandoffState]) -> list[str]:
    """The handoffs in configured order, then those of the last run that are configured no more."""
    configured = [one.id for one in rules.handoffs if handoff in (None, one.id)]
    return list(dict.fromkeys([*configured, *sorted(one.handoff for one in chosen)]))


def _counted(config: Config, handoff: str, states: Iterable[HandoffState]) -> Document:
    giver, _, receiver = handoff.partition("->")
    counts = Counter(one.state for one in states if one.handoff == handoff)
    asked = next((one.ready_when is not None for one in config.rules.handoffs if one.id == handoff), False)
    return {"handoff": handoff, "from": giver, "to": receiver, "asks": asked, **in_states(counts)}


def in_states(counts: Mapping[str, int]) -> dict[str, int]:
    """How many are in each state, all states named."""
    return {str(state): counts.get(str(state), 0) for state in State}


def state_document(config: Config, one: HandoffState, memory: Memory) -> Document:
    """One handoff of one record as plain data; what speaks against it comes with a link to the cell."""
    start, end = _window(one.record, config.rules, memory)
    return {
        "handoff": one.handoff,
        "record": one.record,
        "campaign": campaign_words(one.record, memory.proposed_ids),
        "state": one.state,
        "since": iso(one.since),
        "run": one.run,
        "window": {"start": start, "end": end},
        "evidence": evidence_documents(config, one.evidence),
    }


def receipts_of(config: Config, ledger: Ledger, memory: Memory) -> Mapping[AboutHandoff, Document]:
    """From which version of what was handed over each receiver has built."""
    told = receipts(ledger, memory, config.rules, wiring.now())
    return {one.about: receipt_document(one, config.rules) for one in told.all()}


def receipt_document(one: Receipt, rules: Rules) -> Document:
    """One receipt as plain data."""
    return {
        "handoff": one.handoff,
        "record": one.record,
        "from": one.giver,
        "built_from": one.built_from,
        "newest": one.newest,
        "at": iso(one.at),
        "changed": list(one.changed),
        "followed": list(one.followed),
        "old": one.is_old,
        "says": _receipt_words(one, rules),
    }


def _receipt_words(one: Receipt, rules: Rules) -> str:
    """ "built from Partner briefs v7; it is v9 now: Subject, Flight end"."""
    words = f"built from {title_of(one.giver, rules)} v{one.built_from}"
    if one.newest == one.built_from:
        return words
    labels = [rules.fields[name].label for name in one.changed if name not in one.followed]
    followed = [rules.fields[name].label for name in one.followed]
    also = f"; followed since: {', '.join(followed)}" if followed else ""
    return f"{words}; it is v{one.newest} now" + (f": {', '.join(labels)}" if labels else "") + also


def evidence_documents(config: Config, evidence: str) -> list[Document]:
    """Evidence as it was kept, with the cells as people find them."""
    return [_piece(config, piece) for piece in json.loads(evidence or "[]")]


def _piece(config: Config, piece: dict[str, Any]) -> Document:
    place = Place(*piece.pop("place")) if piece["place"] is not None else piece.pop("place")
    where: Document = {"where": None, "link": None}
    if place is not None:
        link = wiring.link(config, place) if place.tab_id is not None else None
        where = {"where": place_name(place), "link": link}
    return {**piece, **where}


def _window(record: str, rules: Rules, memory: Memory) -> tuple[str | None, str | None]:
    """The campaign's window as its owner says it, in ISO days."""
    start, end = (_said(campaign_of(record), name, rules, memory) for name in _WINDOW)
    return start, end


def _said(campaign: str, name: str, rules: Rules, memory: Memory) -> str | None:
    seen = memory.observations.get((rules.owners.get(name, ""), campaign, name))
    return None if seen is None else seen.value


def _urgency(rules: Rules, memory: Memory) -> Any:
    """What begins first comes first; then what nobody knows the window of, last what is over."""
    today = wiring.now().date().isoformat()

    def rank(one: HandoffState) -> tuple[int, str, int, str, str]:
        start, end = _window(one.record, rules, memory)
        over = (end or start or today)[:10] < today
        return 2 if over else 0 if start else 1, start or "", list(_WORDS).index(one.state), one.record, one.handoff

    return rank


# ---------------------------------------------------------------- for people

_HEADS = (
    Column("From -> to", whole=True),
    Column("Not ready", right=True),
    Column("Ready", right=True),
    Column("Consumed", right=True),
    Column("Done", right=True),
)
_LISTED = (Column("Window", whole=True), Column("Record, handoff"), Column("Since", whole=True), Column("Why"))


def handoffs_text(screen: Screen, told: Document) -> Iterator[str]:
    """Each handoff with its counts, then what is not ready and why; all of a record, or of a state, where asked."""
    rows: Iterator[Row] = ([it["handoff"], *(str(it[name]) for name in _WORDS)] for it in told["handoffs"])
    yield from table(screen, _HEADS, rows)
    yield ""
    everything = told["record"] is not None or told["state"] is not None
    listed = [it for it in told["states"] if everything or it["state"] == State.NOT_READY]
    for name, words in _WORDS.items():
        if those := [it for it in listed if it["state"] == name]:
            yield from heading(screen, f"{words.capitalize()}: {len(those)}")
            yield from table(screen, _LISTED, map(_row, those))
            yield ""
    if told["as_of"]:
        yield f"as of run {told['as_of']['run']}, ended {to_the_minute(told['as_of']['ended'])}"
    yield counts_line({name: sum(it[name] for it in told["handoffs"]) for name in _WORDS})


def counts_line(counts: Mapping[str, int]) -> str:
    """ "handoffs: 3 not ready, 5 ready, 20 consumed, 4 done"."""
    return f"handoffs: {', '.join(f'{counts[name]} {words}' for name, words in _WORDS.items())}"


def _row(one: Document) -> Row:
    window = " to ".join(day for day in (one["window"]["start"], one["window"]["end"]) if day)
    link = next((piece["link"] for piece in reasons(one) if piece["link"]), None)
    about = Cell(f"{one['record']}\n{one['handoff']}", link)
    receipt = one.get("receipt")
    why = "\n".join(filter(None, [_why(one), receipt["says"] if receipt else ""]))
    return [window.replace(" to ", "\nto ") or "not known", about, to_the_minute(one["since"]), why]


def reasons(one: Document) -> list[Document]:
    """What made the state: what speaks against it where it is not ready, else what the receiver's row says."""
    against = [piece for piece in one["evidence"] if not piece["holds"]]
    if one["state"] == State.NOT_READY:
        return against
    begun = [piece for piece in one["evidence"][:1] if one["state"] in (State.CONSUMED, State.DONE)]
    return [*begun, *against]


def _why(one: Document) -> str:
    return ";\n".join(map(reason_text, reasons(one)))


def reason_text(piece: Document) -> str:
    """One piece of evidence in words."""
    if piece["holds"]:
        where = f" at {piece['where']}" if piece["where"] else ""
        return f"{piece['demand'].replace('_', ' ')}: {piece['about']}{where}"
    return f"{piece['why']}" if piece["holds"] is False else f"cannot be told: {piece['why']}"


def states_table(screen: Screen, states: Iterable[Document]) -> Iterator[str]:
    """The handoffs of a record, each on a row: how far, since when, and why."""
    columns = (Column("Handoff"), Column("State", whole=True), Column("Since", whole=True), Column("Why"))
    rows: Iterator[Row] = (
        [
            f"{it['handoff']}\n{it['record']}",
            _WORDS[it["state"]],
            to_the_minute(it["since"]),
            _why(it),
        ]
        for it in states
    )
    yield from table(screen, columns, rows)


def states_of(config: Config, record: str, memory: Memory) -> list[Document]:
    """How far the handoffs of a record are: of its placements, too, or of its campaign."""
    bearing = (one for one in memory.handed.values() if concerns(one, record) or one.record == campaign_of(record))
    found = sorted(bearing, key=lambda one: one.about)
    return [state_document(config, one, memory) for one in found]


def counted(memory: Memory) -> dict[str, int]:
    """How many handoffs are in each state."""
    return in_states(Counter(one.state for one in memory.handed.values()))
