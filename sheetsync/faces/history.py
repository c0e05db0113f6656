"""Who changed what, where and when, as observed: a sheet does not say who typed, so the team stands for it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.campaigns import CAMPAIGN_ID
from sheetsync.core.hearsay import State
from sheetsync.core.lookup import OUR_PREFIX
from sheetsync.core.managed import OUR_TAB_ID
from sheetsync.core.model import Place
from sheetsync.core.timelines import Timelines
from sheetsync.engine.documents import cell_name
from sheetsync.errors import UsageError
from sheetsync.faces.decided import decision_text, decisions_heard, ruling_document
from sheetsync.faces.flags import count
from sheetsync.faces.handing import evidence_documents
from sheetsync.faces.launches import timelines, window_document
from sheetsync.faces.moments import iso, to_the_minute
from sheetsync.faces.records import find_record, team_of, title_of
from sheetsync.faces.tables import Cell, Column, Screen, paragraph, table
from sheetsync.ports import AboutHandoff, Event, Ledger

Document = Mapping[str, Any]

VERSION = 1

WHO = 'A sheet does not say who typed: "who" is the team whose sheet it is, "when" the run that saw it first.'


def history_document(
    config: Config, key: str | None, field: str | None, since: datetime | None, limit: int
) -> Document:
    """Observed changes, newest last, each with where it falls against its campaign's launch: of everything, or of one
    record; of a campaign with those of its placements.

    Raises UsageError for a field there is not and for a record of which nothing was ever seen.
    """
    ledger = wiring.past(config)
    record, memory = None, ledger.memory()
    if key is not None:
        seen = {seen.record for seen in memory.observations.values()} | {*ledger.records_in_history()}
        record = find_record(key, memory.proposed_ids, seen)
    events = [
        it for it in ledger.history(record, since=since) if field in (None, it.field, it.field.removeprefix(OUR_PREFIX))
    ]
    if field is not None and not events and field not in config.rules.fields:
        raise UsageError(f"no field is called {field!r}.", f"Fields: {', '.join(config.rules.fields)}.")
    told = [*(event_document(config, it) for it in events), *_answers(config, ledger, record, field, since)]
    told += _handed(config, ledger, record, field, since)
    told += _said_elsewhere(config, ledger, record, field, since)
    told += _decided(config, ledger, record, field, since)
    shown = sorted(told, key=lambda it: str(it["at"]))[-limit:] if len(told) > len(events) else told[-limit:]
    through = timelines(ledger, memory, record)
    return {
        "version": VERSION,
        "record": record,
        "field": field,
        "since": iso(since) if since else None,
        "who": WHO,
        "total": len(told),
        "events": [{**it, "window": _window(config, through, it)} for it in shown],
    }


def _window(config: Config, told: Timelines, event: Document) -> Document | None:
    """Where it falls against the launch window of its campaign."""
    return window_document(config, told, event["record"], datetime.fromisoformat(event["at"]))


def _answers(
    config: Config, ledger: Ledger, record: str | None, field: str | None, since: datetime | None
) -> Iterator[Document]:
    """What people said about rows that may be this campaign's, in the shape of a change."""
    if field not in (None, CAMPAIGN_ID):
        return
    for one in ledger.answers():
        if record in (None, one.campaign) and (since is None or one.at >= since):
            place = Place(one.source, "", "", None)
            event = Event("", one.at, one.source, one.campaign, CAMPAIGN_ID, None, one.words, one.words, place)
            yield {**event_document(config, event), "who": one.by, "answer": str(one.verdict)}


def _handed(
    config: Config, ledger: Ledger, record: str | None, field: str | None, since: datetime | None
) -> Iterator[Document]:
    """What became of handoffs, in the shape of a change; how they were when first seen is no news."""
    if field is not None:
        return
    known: set[AboutHandoff] = set()
    for one in ledger.handoff_events(record):
        if one.about in known and (since is None or one.at >= since):
            receiver = one.handoff.partition("->")[2]
            place = Place(receiver, "", "", None)
            event = Event(one.run, one.at, receiver, one.record, "", one.old, one.new, "", place)
            evidence = evidence_documents(config, one.evidence)
            yield {**event_document(config, event), "who": None, "handoff": one.handoff, "evidence": evidence}
        known.add(one.about)


def _said_elsewhere(
    config: Config, ledger: Ledger, record: str | None, field: str | None, since: datetime | None
) -> Iterator[Document]:
    """What was claimed in a chat or a mail and what became of it, in the shape of a change; no value changed by it."""
    for it in ledger.hearsay():
        is_about = record is None or it.record == record or it.record.startswith(f"{record} / ")
        if not is_about or field not in (None, it.field):
            continue
        owner = config.rules.owners.get(it.field, "")
        for move in it.moves:
            if since is None or move.at >= since:
                event = Event(
                    "", move.at, owner, it.record, it.field, None, it.value, it.value, Place(owner, "", "", None)
                )
                claim = {"id": it.id, "state": str(move.state), "by": it.by, "source": it.origin}
                yield {**event_document(config, event), "who": move.by, "claim": claim}


def _decided(
    config: Config, ledger: Ledger, record: str | None, field: str | None, since: datetime | None
) -> Iterator[Document]:
    """What people decided, what of it did not count, and how what counted has ended, in the shape of a change."""
    rulings = ledger.all_rulings()
    taken = {it.id: it for it in rulings}

    def told(run: str, at: datetime, source: str, raw: str, one: Document) -> Document:
        names = ", ".join(one["fields"])
        event = Event(run, at, source, one["record"] or "", names, None, one["told"], raw, Place(source, "", "", None))
        ruling = taken.get((one["id"], run))
        return {
            **event_document(config, event),
            "who": one["by"],
            "decision": {**one, "ruling": ruling and ruling_document(ruling)},
        }

    def wanted(one: Document, at: datetime) -> bool:
        about = record is None or (one["record"] is not None and _is_under(one["record"], record))
        return about and field in (None, *one["fields"]) and (since is None or at >= since)

    for heard, one in decisions_heard(config, ledger):
        ruling = taken.get((heard.matter, heard.run))
        if wanted(one, heard.at):
            source = ruling.source if ruling is not None else ""
            yield told(heard.run, heard.at, source, one["decision"], one)
        if ruling is not None and ruling.end is not None and ruling.ended is not None and wanted(one, ruling.ended):
            ended = {**one, "outcome": "ended", "told": f"{one['told']}; ended: {ruling.end.value}"}
            yield told(heard.run, ruling.ended, ruling.source, one["decision"], ended)


def _is_under(record: str, about: str) -> bool:
    """Whether it is that record, or one of its placements."""
    return record == about or record.startswith((f"{about} / ", f"{about} (row "))


def event_document(config: Config, event: Event) -> Document:
    """One observed change; `ours` where people typed into a column or a tab of ours."""
    place = event.place
    return {
        "run": event.run,
        "at": iso(event.at),
        "who": team_of(event.source, config.rules) or None,
        "source": event.source,
        "title": title_of(event.source, config.rules),
        "record": event.record,
        "field": event.field,
        "ours": place.tab_id == OUR_TAB_ID or event.field.startswith(OUR_PREFIX),
        "spreadsheet": place.spreadsheet,
        "tab": place.tab,
        "cell": cell_name(place),
        "old": event.old,
        "new": event.new,
        "raw": event.raw,
        "link": wiring.link(config, place) if place.tab_id is not None else None,
    }


def history_text(screen: Screen, history: Document) -> Iterator[str]:
    """A row per change, newest last; the last line counts."""
    yield from events_table(screen, history["events"])
    if history["events"]:
        yield ""
        yield from paragraph(screen, history["who"])
    shown, total = len(history["events"]), history["total"]
    of = f", the newest of {total} (--limit {total} shows all)" if shown < total else ""
    yield f"{count(shown, 'change')}{of}{_about(history)}"


def events_table(screen: Screen, events: Sequence[Document]) -> Iterator[str]:
    """Changes in the order given: when, whose sheet and cell, and what became what."""
    columns = (Column("Seen", whole=True), Column("Who, where"), Column("What"))
    yield from table(screen, columns, map(_row, events))


def _row(event: Document) -> list[str | Cell]:
    who = f"{event['who']}, {event['source']}" if event["who"] else event["source"]
    where = f"{event['tab']}!{event['cell']}" if event["link"] else f"{event['tab']} / {event['cell']}"
    if "decision" in event:
        decision = event["decision"]
        where, what = decision["where"], f"{decision['id']} {decision['outcome']}: {decision_text(decision)}"
        who = str(event["who"] or "nobody")
    elif "handoff" in event:
        old, new = (str(event[name] or "(none)").replace("_", " ") for name in ("old", "new"))
        where, what = "handoff", f"{event['handoff']}: {old} -> {new}"
    elif "answer" in event:
        where, what = "match", f"{event['source']}:{event['raw']} {event['answer']}"
    elif "claim" in event:
        where, what = event["claim"]["id"], _claimed(event)
    else:
        what = event_words(event)
    about = f"{event['record']} / {event['field']}" if event["field"] else event["record"]
    seen = f"\n{event['window']['says']}" if event.get("window") else ""
    return [to_the_minute(event["at"]), Cell(f"{who}\n{where}", event["link"]), f"{about}\n{what}{seen}"]


def event_words(event: Document) -> str:
    """What became what, or what was typed over us."""
    return _typed_over(event) if event["ours"] else _change(event)


def _claimed(event: Document) -> str:
    claim = event["claim"]
    if claim["state"] == State.PENDING:
        return f"said elsewhere: {event['new']} by {claim['by']} in {claim['source']}"
    return f"said elsewhere: {event['new']} by {claim['by']}, {claim['state']}"


def _change(event: Document) -> str:
    """Old and new value, and what was really typed where that says more."""
    old, new, raw = event["old"], event["new"], event["raw"].strip()
    if new is None and raw:
        return f"{_value(old)} -> {raw!r}, not understood"
    typed = f" (typed {raw!r})" if new is not None and raw != new else ""
    return f"{_value(old)} -> {_value(new)}{typed}"


def _typed_over(event: Document) -> str:
    if event["new"] is None:
        return "ours, taken away" + (f": {event['old']}" if event["old"] else "")
    replaced = f", over {event['old']}" if event["old"] else ""
    return f"typed into what is ours: {event['new']!r}{replaced}"


def _value(value: str | None) -> str:
    return "(nothing)" if value is None else value or "(blank)"


def _about(history: Document) -> str:
    about = " / ".join(part for part in (history["record"], history["field"]) if part)
    return (f" of {about}" if about else "") + (f" since {to_the_minute(history['since'])}" if history["since"] else "")
