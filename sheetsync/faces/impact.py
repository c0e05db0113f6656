"""What would follow from a change, for `impact`: fields and records as people type them, and how it is told."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.config.findings import did_you_mean, nearest
from sheetsync.core.campaigns import CAMPAIGN_ID
from sheetsync.core.consequences import Build, Copy, GoesStale, Impact, Kept, Launch, Said, Turn
from sheetsync.core.flags import Flag, Generated, Withheld
from sheetsync.core.generate import Generator
from sheetsync.core.graph import Rules
from sheetsync.core.match import Matched
from sheetsync.core.model import Entity, Place
from sheetsync.core.truth import Truths, campaign_of
from sheetsync.engine.documents import flag_document, record_name
from sheetsync.engine.impact import Present, foresee, present
from sheetsync.errors import UsageError
from sheetsync.faces.flags import count
from sheetsync.faces.moments import iso
from sheetsync.faces.records import as_recorded, find_record, place_name, team_of, title_of
from sheetsync.faces.tables import Cell, Column, Row, Screen, heading, paragraph, table

Document = Mapping[str, Any]

VERSION = 1

_EXAMPLE = "Say --set FIELD=VALUE, e.g. --set flight_end=2026-12-06."


def impact_document(
    config: Config, key: str, typed: Sequence[str], tell: Callable[[str], None] | None = None
) -> Document:
    """What the next cycle would do if the owners' cells said what is `typed` ("field=value") of a record.

    Everything is read afresh, nothing is written. Raises `UsageError` for what cannot be set, and the trouble itself
    where the sheet it would be typed into cannot be read.
    """
    said = dict(_split(config.rules, typed))
    now = present(wiring.world(config, True, tell), config.rules)
    record = _record(key, now)
    for name in said:
        _check_entity(name, record, now)
    return _Telling(config, now, foresee(now, record, said)).document(record)


# ---------------------------------------------------------------- what is asked


def _split(rules: Rules, typed: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Field by field what it would be, each once and each one that may be set."""
    seen: set[str] = set()
    for one in typed:
        name, equals, text = one.partition("=")
        name = name.strip()
        if not equals:
            raise UsageError(f"--set {one!r} names no value.", _EXAMPLE)
        if name not in rules.fields:
            hint = did_you_mean(nearest(name, rules.fields))
            raise UsageError(f"--set {one}: no field is called {name!r}{hint}.", f"Fields: {', '.join(rules.fields)}.")
        if name in seen:
            raise UsageError(f"--set {one}: {name} is set twice.", "Set each field once.")
        if (why := why_not(name, rules)) is not None:
            raise UsageError(f"--set {one}: {why[0]}.", why[1])
        seen.add(name)
        yield name, text


def why_not(name: str, rules: Rules) -> tuple[str, str] | None:
    """Why a field cannot be set, and what to do instead; None where it can."""
    label, owner = rules.fields[name].label, rules.owners.get(name)
    named = {one for source in rules.sources.values() for names in source.match for one in names}
    if name == CAMPAIGN_ID or name in named or (owner is not None and name in rules.sources[owner].key):
        return (
            f"{label} says which record a row is about; with another one it would be another record's row",
            "Set what is said of the record, not what it is called.",
        )
    if name in rules.templates:
        words = [rules.fields[one].label for one in sorted(_made_of(name, rules)) if why_not(one, rules) is None]
        made_of = f"Set what it is made of: {', '.join(words)}." if words else "Nothing it is made of can be set."
        return f"{label} is generated, so nobody types it", made_of
    if owner is None:
        return f"nobody owns {label}, so there is no cell whose word counts", f"Name a source under `owners.{name}`."
    if rules.fields[name].human_only:
        return (
            f"{label} is for people only, and no machine weighs what it would bring",
            f"Ask {title_of(owner, rules)}.",
        )
    return None


def _made_of(name: str, rules: Rules) -> frozenset[str]:
    return Generator(rules, Truths(rules, Matched((), (), ()), {})).words(name)


def _record(key: str, now: Present) -> str:
    seen = {item.key for item in now.matched.identified} | now.matched.campaigns
    try:
        return find_record(key, now.matched.proposed, seen)
    except UsageError as error:
        guess = nearest(as_recorded(key, now.matched.proposed), seen)
        raise UsageError(str(error.args[0]), f"Did you mean `{guess}`?" if guess else error.remedy) from None


def _check_entity(name: str, record: str, now: Present) -> None:
    if now.rules.fields[name].of is Entity.PLACEMENT and record == campaign_of(record):
        seen = sorted({it.key for it in now.matched.identified if it.campaign == record} - {record})
        raise UsageError(
            f"{name} is a field of placements, not of campaigns.",
            f"Ask for {' or '.join(seen)}." if seen else f"{record} has no placement yet.",
        )


# ---------------------------------------------------------------- as it is published


@dataclass(frozen=True)
class _Telling:
    """Turns what follows into plain data; places become cells and links."""

    config: Config
    now: Present
    impact: Impact

    def document(self, record: str) -> Document:
        impact, today = self.impact, self.impact.today
        return {
            "version": VERSION,
            "record": self._name(record),
            "as_of": iso(self.now.readings.started),
            "said": [self._said(one) for one in impact.said],
            "values": [self._turn(one) for one in impact.turns],
            "live": [self._kept(one) for one in impact.kept],
            "differ": [self._copy(one) for one in impact.differ],
            "agree": [self._copy(one) for one in impact.agree],
            "follow": [
                {
                    "source": put.source,
                    "record": self._name(put.record),
                    "field": put.field,
                    "old": put.was,
                    "new": put.now,
                }
                for put in (one.put for one in impact.follow)
            ],
            "stale": [self._stale(one) for one in impact.stale],
            "fresh": [{"approval": approval, "record": self._name(about)} for approval, about in impact.fresh],
            "builds": [self._build(one) for one in impact.builds],
            "launches": [self._launch(one, today) for one in impact.launches],
            "handoffs": [
                {"handoff": one.handoff, "record": self._name(one.record), "old": one.old, "new": one.new}
                for one in impact.steps
            ],
            "opened": [self._flag(one) for one in impact.opened],
            "closed": [self._flag(one) for one in impact.closed],
            "reworded": [self._flag(one) for one in impact.reworded],
            "tell": [
                {
                    "source": source,
                    "title": title_of(source, impact.rules),
                    "team": team_of(source, impact.rules),
                    "do": list(do),
                }
                for source, do in impact.to_tell().items()
            ],
            "unsure": [*impact.unsure, *self._not_read()],
            "exit_code": next((code for code in (12, 14) if code in self._codes()), 0),
        }

    def _codes(self) -> set[int]:
        return {trouble.error.exit_code for trouble in self.now.snapshots.troubles}

    def _not_read(self) -> Iterator[str]:
        """Sources that take part as last remembered, or not at all."""
        for name in dict.fromkeys(trouble.source for trouble in self.now.snapshots.troubles):
            remembered = "takes part as last seen" if name in self.now.snapshots.remembered else "takes no part"
            if name not in self.now.snapshots.fresh:
                yield f"{title_of(name, self.impact.rules)} could not be read, so it {remembered}"

    def _name(self, record: str) -> str:
        return record_name(record, self.now.matched)

    def _where(self, place: Place | None) -> Document:
        if place is None:
            return {"source": None, "where": None, "link": None}
        link = wiring.link(self.config, place) if place.tab_id is not None else None
        return {"source": place.source, "where": place_name(place), "link": link}

    def _about(self, place: Place | None, record: str, field: str) -> dict[str, Any]:
        return {**self._where(place), "record": self._name(record), "field": field}

    def _said(self, one: Said) -> Document:
        return {**self._about(one.place, one.record, one.field), "old": one.was, "new": one.now}

    def _turn(self, one: Turn) -> Document:
        """Of a value: what stands, or stood, and why nothing does."""
        return {
            **self._about(one.place, one.record, one.field),
            "old": one.was.value if isinstance(one.was, Generated) else None,
            "new": one.becomes.value if isinstance(one.becomes, Generated) else None,
            "why": _why(one.becomes),
        }

    def _kept(self, one: Kept) -> Document:
        return {**self._about(one.place, one.record, one.field), "stays": one.value, "instead": one.instead}

    def _copy(self, one: Copy) -> Document:
        return {
            **self._about(one.place, one.record, one.field),
            "says": one.says,
            "should": one.should,
            "owner": one.owner,
        }

    def _stale(self, one: GoesStale) -> Document:
        kinds = self.impact.rules.fields
        return {
            **self._about(one.place, one.given.record, one.place.column_name),
            "approval": one.given.approval,
            "by": one.given.who or None,
            "on": one.given.when or None,
            "fields": [
                {"field": it.field, "approved": it.approved, "says": kinds[it.field].type.format(it.owner.value)}
                for it in one.fields
            ],
        }

    def _build(self, one: Build) -> Document:
        receiver = one.handoff.receiver
        return {
            "handoff": one.handoff.id,
            "record": self._name(one.record),
            "title": title_of(receiver, self.impact.rules),
            "team": team_of(receiver, self.impact.rules),
            "old": str(one.old),
            "new": None if one.new is None else str(one.new),
            "built_from": [{"field": name, "old": old, "new": new} for name, (old, new) in one.built_from.items()],
            "usual_seconds": None if one.usual is None else round(one.usual.total_seconds()),
            **self._where(one.place),
        }

    def _launch(self, one: Launch, today: date) -> Document:
        return {
            "campaign": self._name(one.campaign),
            "was": one.was and one.was.isoformat(),
            "day": one.day and one.day.isoformat(),
            "days_left": None if one.day is None else (one.day - today).days,
            "needs_seconds": round(one.needs.total_seconds()),
            "unknown": list(one.unknown),
            "begin_by": one.begin_by and one.begin_by.isoformat(),
            "in_danger": one.in_danger(today),
        }

    def _flag(self, one: Flag) -> Document:
        return flag_document(one, self.now.matched, partial(wiring.link, self.config)) | {
            "where": place_name(one.place)
        }


def _why(held: Generated | Withheld | None) -> str | None:
    if not isinstance(held, Withheld):
        return None
    return held.reason + (f" ({held.detail})" if held.detail else "")


# ---------------------------------------------------------------- for people

_CORRECT = (Column("Where"), Column("Record, field"), Column("Says"), Column("Should say"))
_STALE = (Column("Approval"), Column("Given by, on"), Column("Approved -> says then"))
_BUILDS = (
    Column("From -> to", whole=True),
    Column("Record, team"),
    Column("Built from"),
    Column("Usually", whole=True),
)
_VALUES = (Column("Record, field"), Column("Old"), Column("New"))
_FLAGS = (Column("Kind"), Column("Where"), Column("What"))
_TELL = (Column("Team"), Column("Sheet"), Column("To do"))
_UNITS = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("min", timedelta(minutes=1)))


def impact_text(screen: Screen, told: Document) -> Iterator[str]:
    """What follows, hand-work first, each with a link to its cell; the last line counts."""
    for one in told["said"]:
        title = f"{one['record']} / {one['field']}: {_or_nothing(one['old'])} -> {_or_nothing(one['new'])}"
        yield from heading(screen, title)
        yield from paragraph(screen, Cell(f"at {one['where']}", one["link"]), indent=2)
    if not told["said"]:
        yield from heading(screen, f"{told['record']}: that is what its owner says already")
    yield ""
    for title, columns, rows in _sections(told):
        if listed := list(rows):
            yield from heading(screen, f"{title}: {len(listed)}")
            yield from table(screen, columns, listed)
            yield ""
    for sentence in (*map(_launch_sentence, told["launches"]), *told["unsure"]):
        yield from paragraph(screen, sentence)
    yield from paragraph(screen, _counts(told))


def _sections(told: Document) -> Iterator[tuple[str, Sequence[Column], Iterable[Row]]]:
    values = told["values"]
    yield "To correct by hand", _CORRECT, map(_correct, told["differ"])
    yield "Approvals that go stale", _STALE, map(_stale_row, told["stale"])
    yield "To build again", _BUILDS, map(_build_row, told["builds"])
    yield "New values", _VALUES, (_value_row(it) for it in values if it["new"] is not None)
    yield "Values withheld, or for another reason", _VALUES, (_value_row(it) for it in values if it["new"] is None)
    yield "Live, and stays as it is", _VALUES, map(_live_row, told["live"])
    yield "Tables made to follow", _VALUES, ([_about(it), it["old"], it["new"]] for it in told["follow"])
    yield "Also told then", _FLAGS, (_flag_row(it) for it in told["opened"] if not _is_told(it, told))
    yield "Settled by it", _FLAGS, map(_flag_row, told["closed"])
    yield "To tell", _TELL, ([it["team"], it["title"], ", ".join(it["do"])] for it in told["tell"])


def _is_told(flag: Document, told: Document) -> bool:
    """Whether a flag is about a cell that is listed as to be corrected."""
    cells = {(it["source"], it["where"], it["field"]) for it in told["differ"]}
    return (flag["source"], flag["where"], flag["field"]) in cells


def _correct(one: Document) -> Row:
    return [Cell(one["where"], one["link"]), _about(one), one["says"], one["should"]]


def _stale_row(one: Document) -> Row:
    fields = ";\n".join(f"{it['field']}: {it['approved']} -> {it['says']}" for it in one["fields"])
    by = ", ".join(filter(None, (one["by"], one["on"]))) or "nobody says"
    return [Cell(f"{one['approval']}\n{one['record']}", one["link"]), by, fields]


def _build_row(one: Document) -> Row:
    built = ";\n".join(f"{it['field']} {_or_nothing(it['old'])}" for it in one["built_from"]) or "what no longer holds"
    moved = f"\n{_words(one['old'])} -> {_words(one['new'])}" if one["old"] != one["new"] else f"\n{_words(one['old'])}"
    return [
        one["handoff"] + moved,
        Cell(f"{one['record']}\n{one['team']}", one["link"]),
        built,
        _lasting(one["usual_seconds"]),
    ]


def _value_row(one: Document) -> Row:
    return [Cell(_about(one), one["link"]), _or_nothing(one["old"]), one["new"] or f"withheld: {one['why']}"]


def _live_row(one: Document) -> Row:
    instead = f"stays, instead of {one['instead']}" if one["instead"] is not None else "stays, and is right again"
    return [Cell(_about(one), one["link"]), one["stays"], instead]


def _flag_row(flag: Document) -> Row:
    return [f"{flag['kind']}\n{flag['id']}", Cell(f"{flag['where']}\n{_about(flag)}", flag["link"]), flag["message"]]


def _about(one: Document) -> str:
    return f"{one['record']}\n{one['field']}"


def _words(state: str | None) -> str:
    return "none" if state is None else state.replace("_", " ")


def _or_nothing(text: str | None) -> str:
    return "(nothing)" if text is None else text


def _lasting(seconds: int | None) -> str:
    """In the largest unit that fits: "3 d"."""
    if seconds is None:
        return "unknown"
    lasting = timedelta(seconds=seconds)
    unit, length = next(((unit, length) for unit, length in _UNITS if lasting >= length), _UNITS[-1])
    return f"{max(round(lasting / length), 1)} {unit}"


def _launch_sentence(one: Document) -> str:
    if one["day"] is None:
        return f"{one['campaign']}: nobody knows when it launches."
    moves = f" instead of {_or_nothing(one['was'])}" if one["was"] != one["day"] else ""
    unknown = f", and nobody knows how long {', '.join(one['unknown'])} takes" if one["unknown"] else ""
    needs = f"what is to be built again usually takes {_lasting(one['needs_seconds'])}" if one["needs_seconds"] else ""
    again = f"; {needs or 'something is to be built again'}{unknown}" if needs or unknown else ""
    begin = f": begin by {one['begin_by']}" if needs else ""
    danger = " - IN DANGER" if one["in_danger"] else ""
    return f"{one['campaign']} launches on {one['day']}{moves}{again}{begin}{danger}."


def _counts(told: Document) -> str:
    made = sum(it["new"] is not None for it in told["values"])
    counted = (
        (len(told["differ"]), "cell", "to correct by hand"),
        (len(told["builds"]), "build", "to do again"),
        (len(told["stale"]), "approval", "gone stale"),
        (made, "value", "made anew"),
        (len(told["values"]) - made, "value", "withheld"),
        (sum(it["instead"] is not None for it in told["live"]), "live value", "kept"),
        (len(told["opened"]), "flag", "opened"),
        (len(told["closed"]), "flag", "closed"),
    )
    told_of = [f"{count(number, what)} {how}" for number, what, how in counted if number]
    return f"{', '.join(told_of) or 'nothing follows'}; nothing was changed"
