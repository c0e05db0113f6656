"""What owners changed: how near to launch, how far it has come since, and what was built from what it was before."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.late import LATE, distance
from sheetsync.core.model import Place
from sheetsync.core.propagation import Propagation, Reach
from sheetsync.core.receipts import Receipt, Receipts
from sheetsync.core.record_fields import RecordField
from sheetsync.core.timelines import Timelines, seen_at
from sheetsync.core.truth import campaign_of, subject
from sheetsync.engine.building import receipts
from sheetsync.engine.reaching import reach
from sheetsync.faces.flags import count
from sheetsync.faces.freezes import waits_document, waits_words
from sheetsync.faces.handing import receipt_document
from sheetsync.faces.history import event_document, event_words
from sheetsync.faces.launches import seen_document
from sheetsync.faces.moments import iso, to_the_minute
from sheetsync.faces.records import campaign_words, find_record, place_name, title_of
from sheetsync.faces.tables import Cell, Column, Screen, table
from sheetsync.ports import Event, Ledger, Memory

Document = Mapping[str, Any]

VERSION = 1


def changes_document(config: Config, key: str | None, since: datetime | None, only_late: bool) -> Document:
    """Owners' changes, newest first, as of the last run; of a campaign with those of its placements.

    Raises UsageError for a record of which nothing was ever seen.
    """
    ledger = wiring.past(config)
    memory, last = ledger.memory(), ledger.last_run()
    record = None
    if key is not None:
        seen = {record for _, record, _ in memory.observations} | {*ledger.records_in_history()}
        record = find_record(key, memory.proposed_ids, seen)
    changes = _Changes(config, ledger, memory)
    chosen = [
        changes.document(it)
        for it in reversed(changes.all)
        if record in (None, it.record, campaign_of(it.record)) and (since is None or it.at >= since)
    ]
    return {
        "version": VERSION,
        "now": iso(changes.now),
        "as_of": last and {"run": last.id, "ended": iso(last.ended)},
        "record": record,
        "since": iso(since) if since else None,
        "changes": [it for it in chosen if it["late"] or not only_late],
    }


@dataclass(frozen=True)
class _Changes:
    """Everything owners were ever seen to change, with what became of it."""

    config: Config
    ledger: Ledger
    memory: Memory

    @cached_property
    def all(self) -> Sequence[Event]:
        """Oldest first."""
        rules = self.config.rules
        seen = self.ledger.history()
        return [it for it in seen if rules.owners.get(it.field) == it.source and it.field in rules.fields]

    def document(self, event: Event) -> Document:
        """One change as plain data."""
        seen = seen_at(event.record, event.at, self._told, self.config.rules)
        stands = self._told.of(event.about)[-1] is event  # what came after it took its place
        waits = self._reach.truths.frost.disputed.get((event.record, event.field)) if stands else None
        row = self.memory.frozen.get(event.about)
        yes = row.accepted_by if row is not None and stands and row.value == event.new else ""
        return {
            **event_document(self.config, event),
            "campaign": campaign_words(event.record, self.memory.proposed_ids),
            "window": None if seen is None else seen_document(seen),
            "late": seen is not None and seen.is_late(self._within(event.field)),
            "stands": stands,
            "waits_for": None if waits is None else waits_document(waits),
            "accepted_by": yes or None,
            "propagation": self._propagation(event) if stands else None,
            "receipts": [receipt_document(it, self.config.rules) for it in self._made_old_by(event)],
        }

    def _within(self, name: str) -> timedelta:
        """From how long before launch on a change of a field is late: as a freeze says, else two days."""
        return max((rule.within for rule in self.config.rules.freezes if name in rule.fields), default=LATE)

    def _propagation(self, event: Event) -> Document:
        about = subject(event.record, self.config.rules.fields[event.field])
        return _propagation_document(self.config, self._reach.of(about, event.field, event.at, self.now))

    def _made_old_by(self, event: Event) -> Iterator[Receipt]:
        for it in self._old.get((campaign_of(event.record), event.field), ()):
            if event.at > it.at and self._receipts.rests_on(it, event.about):
                yield it

    @cached_property
    def now(self) -> datetime:
        return wiring.now()

    @cached_property
    def _told(self) -> Timelines:
        return Timelines(self.all, self.memory.observations)

    @cached_property
    def _reach(self) -> Reach:
        return reach(self.memory, self.config.rules, self.now)

    @cached_property
    def _receipts(self) -> Receipts:
        return receipts(self.ledger, self.memory, self.config.rules, self.now)

    @cached_property
    def _old(self) -> Mapping[tuple[str, str], Sequence[Receipt]]:
        """(campaign, field) -> receipts that went old by a change of it."""
        found: defaultdict[tuple[str, str], list[Receipt]] = defaultdict(list)
        for it in self._receipts.all():
            for name in set(it.changed) - set(it.followed):
                found[campaign_of(it.record), name].append(it)
        return found


def _propagation_document(config: Config, it: Propagation) -> Document:
    longest = it.longest
    return {
        "demanded": it.demanded,
        "landed": [{**_copy(config, one.about, one.place), "hours": _hours(one.took)} for one in it.landed],
        "missing": [{**_copy(config, one.about, one.place), "hours": _hours(one.for_now)} for one in it.missing],
        "longest_hours": None if longest is None else _hours(longest),
        "says": _propagation_words(config, it),
    }


def _copy(config: Config, about: RecordField, place: Place) -> Document:
    source, record, _ = about
    link = wiring.link(config, place) if place.tab_id is not None else None
    return {"source": source, "record": record, "where": place_name(place), "link": link}


def _hours(of: timedelta) -> float:
    return round(of.total_seconds() / 3600, 2)


def _propagation_words(config: Config, it: Propagation) -> str:
    """ "landed 4 of 6; missing: Email builds Plan!F7, Reporting Data!C9; longest 19 h"."""
    if not it.demanded:
        return "nobody has to follow"
    words = f"landed {len(it.landed)} of {it.demanded}"
    if it.missing:
        names = (f"{title_of(one.about[0], config.rules)} {place_name(one.place)}" for one in it.missing)
        words += f"; missing: {', '.join(names)}"
    return words + (f"; longest {distance(it.longest)}" if it.longest is not None else "")


# ---------------------------------------------------------------- for people

_COLUMNS = (Column("Seen", whole=True), Column("What"), Column("How far"))


def changes_text(screen: Screen, document: Document) -> Iterator[str]:
    """A row per change, newest first; the last line counts."""
    yield from table(screen, _COLUMNS, map(_row, document["changes"]))
    if document["changes"]:
        yield ""
    if document["as_of"]:
        yield f"as of run {document['as_of']['run']}, ended {to_the_minute(document['as_of']['ended'])}"
    yield _counts(document)


def _row(change: Document) -> list[str | Cell]:
    where = f"{change['title']} {change['tab']}!{change['cell']}" if change["link"] else change["title"]
    seen = change["window"]["says"] if change["window"] else "launch not known"
    what = f"{change['record']} / {change['field']}\n{event_words(change)}\n{where}"
    return [
        f"{to_the_minute(change['at'])}\n{'late' if change['late'] else ''}".strip(),
        Cell(what, change["link"]),
        "\n".join([seen, *_became(change)]),
    ]


def _became(change: Document) -> Iterator[str]:
    """What became of one change, line by line."""
    if change["waits_for"]:
        yield waits_words(change["waits_for"])
    elif change["propagation"]:
        yield change["propagation"]["says"]
    else:
        yield "changed again since"
    if change["accepted_by"]:
        yield f"accepted by {change['accepted_by']}"
    for it in change["receipts"]:
        yield f"{it['handoff']} {it['record']}: {it['says']}"


def _counts(document: Document) -> str:
    """ "5 changes (2 late): 2 landed everywhere, 1 not yet, 1 waits for a yes; 1 receipt went old"."""
    changes = document["changes"]
    spread = [it["propagation"] for it in changes if it["propagation"] and not it["waits_for"]]
    everywhere = sum(bool(it["demanded"]) and not it["missing"] for it in spread)
    waiting = sum(bool(it["waits_for"]) for it in changes)
    parts = [f"{everywhere} landed everywhere", f"{sum(bool(it['missing']) for it in spread)} not yet"]
    parts += [f"{waiting} waiting for a yes"] if waiting else []
    old = {(it["handoff"], it["record"]) for change in changes for it in change["receipts"]}
    late = sum(change["late"] for change in changes)
    of = f" of {document['record']}" if document["record"] else ""
    return f"{count(len(changes), 'change')}{of} ({late} late): {', '.join(parts)}; {count(len(old), 'receipt')} old"
