"""Commit what a cycle learned, in one transaction: history, observations, baselines, published values, flags, the run.

What was observed is always kept. The baseline moves only where what should stand in the workbook was seen to.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from sheetsync.core.agreements import SourceField, restated
from sheetsync.core.decide import Decisions
from sheetsync.core.flags import Flag
from sheetsync.core.following import RECORDS
from sheetsync.core.graph import Mode, SheetTab
from sheetsync.core.managed import OUR_TAB_ID
from sheetsync.core.match import Matched
from sheetsync.core.model import Claim, Place, Problem, Record
from sheetsync.core.record_fields import RecordField, RecordFields
from sheetsync.engine.approving import approvals_seen
from sheetsync.engine.claiming import turns_of
from sheetsync.engine.deciding import bases_of, decided_in
from sheetsync.engine.documents import flag_document, written_documents
from sheetsync.engine.following import (
    agreed_by_hand,
    arrived,
    flags_left,
    line_events,
    lines_seen,
    own_lines,
    troubles_with_lines,
)
from sheetsync.engine.footprints import footprint
from sheetsync.engine.freezing import frozen_after
from sheetsync.engine.guarding import accepted_after, doubts_after, held_since
from sheetsync.engine.handing import Moves
from sheetsync.engine.issuing import versions
from sheetsync.engine.noticing import notices_of
from sheetsync.engine.overtyped import typed_in_others
from sheetsync.engine.world import Readings, Run, Snapshots, Trouble, Typed, World, Writes, Written
from sheetsync.errors import PlanMoved
from sheetsync.ports import (
    Event,
    JournalEntry,
    Observation,
    Observations,
    OpenFlag,
    Outcome,
    Published,
    RunRecord,
    Standing,
    WithheldValue,
)


def commit(
    world: World,
    readings: Readings,
    snapshots: Snapshots,
    matched: Matched,
    decided: Decisions,
    writes: Writes,
) -> Run:
    """Remember the cycle (in a dry run nothing) and say what happened."""
    written, followed = writes.books, writes.records
    troubles = (
        *snapshots.troubles,
        *(Trouble(_source_of(w), w.trouble) for w in written if w.trouble),
        *troubles_with_lines(followed),
    )
    run = Run(
        readings.run,
        readings.started,
        world.clock.monotonic() - readings.began,
        readings,
        snapshots,
        matched,
        replace(decided, flags=flags_left(decided.flags, followed)),
        written,
        troubles,
        world.sheets.count,
        followed,
    )
    if not readings.request.dry_run:
        world.go_on()
        world.ledger.commit(_outcome(world, run))
    return run


def _source_of(write: Written) -> str:
    return write.plan.desired.sources[0]


def _outcome(world: World, run: Run) -> Outcome:
    told = _Told(run)
    settled = _settled(run)
    killed = _killed(world, run)
    others = list(typed_in_others(run.readings, {write.plan.desired.spreadsheet for write in run.written}))
    came = arrived(run.readings, run.snapshots, run.matched)
    ours = {event.about for event in came.events}
    baselines = RecordFields(
        chain(bases_of(run).items(), _moved(run, settled), came.baselines.items(), agreed_by_hand(run))
    )
    published = list(_published(run, settled))
    handed = Moves(run)
    frozen, thawed = frozen_after(run)
    unreached = tuple(name for name in run.readings.rules.sources if name not in run.snapshots.fresh)
    return Outcome(
        _run_record(world, run),
        [
            *_recovered(killed, run),
            *(replace(event, run=run.id) for event in came.events),
            *(event for event in told.changes() if event.about not in ours),
            *_typed_over(run, others),
            *line_events(run.id, run.started, run.followed.done),
        ],
        chain(told.news(), lines_seen(run)),
        told.vanished,
        baselines,
        published,
        run.matched.proposed,
        run.matched.highest_number,
        [_open_flag(world, run, flag) for flag in run.decided.flags if run.is_fresh(flag.place)],
        unreached,
        [
            *(replace(entry, events=()) for entry in (*killed, *came.settled)),
            *own_batches(run.id, run.written),
            *own_lines(run.id, run.followed),
        ],
        list(_standing(run)),
        list(_noted(run, others)),
        accepted_after(run.snapshots, settled),
        held_since(run.readings, run.snapshots),
        list(_withheld(run, settled)),
        list(versions(world, run, settled)),
        doubts_after(run.readings, run.snapshots),
        footprint(run, baselines, published),
        handed.states(),
        handed.gone,
        handed.events(),
        approvals=list(approvals_seen(world, run)),
        restated=_restated(run, settled),
        deciding=decided_in(run, settled),
        hearsay=turns_of(run),
        frozen=frozen,
        thawed=thawed,
        notices=notices_of(world, run, settled),
    )


def _run_record(world: World, run: Run) -> RunRecord:
    troubles = {trouble.source: str(trouble.error) for trouble in run.troubles}
    facts = (run.id, run.started, world.clock.now(), run.exit_code, run_counts(run))
    return RunRecord(*facts, run.unfit, troubles, written_documents(run))


def run_counts(run: Run) -> dict[str, int]:
    """The figures of a run's last line."""
    held = {held.source for held in run.snapshots.held}
    return {
        "flags": sum(run.is_fresh(flag.place) for flag in run.decided.flags),
        "generated": sum(run.is_fresh(made.place) for made in run.decided.generated),
        "withheld": sum(run.is_fresh(held.place) for held in run.decided.withheld),
        "written": sum(1 for write in run.written if write.plan.batch is not None and write.trouble is None),
        "followed": len(run.followed.done),
        "sources": len(run.readings.rules.sources),
        "unreachable": len({trouble.source for trouble in run.troubles} - held),
        "held": len(held),
        "reads": run.requests.reads,
        "writes": run.requests.writes,
    }


def _open_flag(world: World, run: Run, flag: Flag) -> OpenFlag:
    document = flag_document(flag, run.matched, world.link)
    return OpenFlag(flag.id, flag.kind, document, run.started, first=run.id, last=run.id)


# ---------------------------------------------------------------- what was seen


def _named_rows(run: Run) -> Iterator[tuple[str, Record]]:
    """Every row with a name of its own within its source, also those nothing is concluded from."""
    for item in run.matched.identified:
        yield item.key, item.record
    # Numbered by what they say, not by where they stand: a sort is no news.
    for rows in run.matched.duplicates:
        for number, item in enumerate(sorted(rows, key=lambda item: _words(item.record)), start=1):
            yield f"{item.key} (row {number} of {len(rows)})", item.record
    nameless: Counter[tuple[str, str]] = Counter()
    for unmatched in sorted(run.matched.unmatched, key=lambda item: _words(item.record)):
        address = " / ".join(unmatched.record.address) or "?"
        nameless[unmatched.record.source, address] += 1
        yield f"unmatched {address} ({nameless[unmatched.record.source, address]})", unmatched.record


def _words(record: Record) -> tuple[str, ...]:
    return tuple(claim.raw for claim in record.claims.values())


@dataclass(frozen=True)
class _Told:
    """What was seen in this run against what was last seen. Row by row: all of it at once would be too much."""

    run: Run

    @property
    def _before(self) -> Observations:
        return self.run.readings.memory.observations

    def news(self) -> Iterator[Observation]:
        """Everything that is not as it was last seen, be it in another row only."""
        return chain((now for _, now in self._moved), self._seen_first())

    def changes(self) -> Iterator[Event]:
        """Fields that say something else than before; a source seen for the first time has no news yet."""
        for was, now in self._moved:
            if _said(was) != _said(now):
                about = now.source, now.record, now.field
                yield self._event(about, was.value if was else None, now.value, now.raw, now.place)
        for key in self.vanished:
            gone = self._before[key]
            yield self._event(key, gone.value, None, "", gone.place)

    @cached_property
    def vanished(self) -> list[RecordField]:
        """What is not there any more: its row or its column is gone."""
        there = {(source, name): record for source, name, record in self._rows() if source in self._before.sources}
        # Where a row still is and its column cannot be told, it is remembered what stood there.
        doubted = {(doubt.source, doubt.field) for doubt in self.run.snapshots.doubts}
        return [
            (source, name, field)
            for source in self.run.snapshots.fresh
            for name, fields in self._before.fields(source)
            for field in fields
            if (source, name) not in there
            or (field not in there[source, name].claims and (source, field) not in doubted)
        ]

    @cached_property
    def _moved(self) -> list[tuple[Observation | None, Observation]]:
        """(was, now) of what is not as it was, in sources that were seen before."""
        found = []
        for source, name, record in self._rows():
            if source in self._before.sources:
                before = self._before.record(source, name)
                for claim in record.claims.values():
                    was = before.get(claim.field)
                    if (now := self._observation(source, name, claim, was)) != was:
                        found.append((was, now))
        return found

    def _seen_first(self) -> Iterator[Observation]:
        """Everything in a source that was never seen before: made one by one, for there may be a million."""
        for source, name, record in self._rows():
            if source not in self._before.sources:
                for claim in record.claims.values():
                    yield self._observation(source, name, claim, None)

    def _rows(self) -> Iterator[tuple[str, str, Record]]:
        """(source, name within it, row) of every row that was read in this run."""
        for name, record in _named_rows(self.run):
            if record.source in self.run.snapshots.fresh:
                yield record.source, name, record

    def _observation(self, source: str, name: str, claim: Claim, before: Observation | None) -> Observation:
        understood = claim.parsed is not None and not isinstance(claim.parsed, Problem)
        kind = self.run.readings.rules.fields[claim.field].type
        value = kind.format(claim.parsed) if understood else None  # type: ignore[arg-type]
        since = before.since if before is not None and before.value == value else self.run.started
        return Observation(source, name, claim.field, value, claim.raw, claim.place, since)

    def _event(self, about: RecordField, old: str | None, new: str | None, raw: str, place: Place) -> Event:
        return Event(self.run.id, self.run.started, *about, old, new, raw, place)


def _said(observation: Observation | None) -> tuple[str | None, str]:
    """What counts as a change: another value, or other words where no value was understood."""
    if observation is None:
        return None, ""
    return observation.value, "" if observation.value is not None else observation.raw.strip()


def _moved(run: Run, settled: Collection[str]) -> Iterator[tuple[RecordField, str]]:
    """Baselines that are not yet what is agreed now, as far as the run was about them."""
    before, concerns = run.readings.memory.baselines, run.readings.request.scope.concerns
    waiting = _restatements(run).keys() - _restated(run, settled).keys()
    for key, value in run.decided.agreed.items():
        if key[0] in settled and concerns(key[1]) and before.get(key) != value and (key[0], key[2]) not in waiting:
            yield key, value


def _restatements(run: Run) -> Mapping[SourceField, str | None]:
    return restated(run.readings.memory.agreed_under, run.readings.rules)


def _restated(run: Run, settled: Collection[str]) -> Mapping[SourceField, str | None]:
    """Fields held to other terms than before. In a run about one campaign that waits: terms hold for all records."""
    if run.readings.request.scope.campaign:
        return {}
    unseen = run.readings.rules.sources.keys() - settled
    return {about: terms for about, terms in _restatements(run).items() if about[0] not in unseen}


def _typed_over(run: Run, others: Sequence[Typed]) -> Iterator[Event]:
    """What people typed into what is ours, under the name of the record beside it, so that its history tells it."""
    by_row = {(it.source, it.place.row): name for name, it in _named_rows(run) if run.is_fresh(it.place)}
    by_key = {(it.source, " / ".join(it.address)): name for name, it in _named_rows(run)}
    first = [*others, *(write.rounds[0].typed for write in run.written)]
    # A later round was read after people had been at work again: its rows are not those that were matched.
    later = [one.typed for write in run.written for one in write.rounds[1:]]
    for typed, rows in [*((one, by_row) for one in first), *((one, {}) for one in later)]:
        for event in typed.events:
            in_our_tab = event.place.tab_id == OUR_TAB_ID
            name = by_key.get((event.source, event.record))
            yield replace(
                event, record=(name if in_our_tab else rows.get((event.source, event.place.row))) or event.record
            )


# ---------------------------------------------------------------- what became of the batches


def _killed(world: World, run: Run) -> list[JournalEntry]:
    """Batches that runs before this one left open and whose fate is known now, with what those did not live to tell.

    The workbook says whether a batch was applied. One that was not may still arrive, and then brings nothing that is
    not told: what it replaces was seen by the run that made it, or by the one that has settled it.
    """
    settled = []
    for entry in world.ledger.unfinished():
        workbook = run.readings.workbooks.get(entry.spreadsheet)
        if (
            entry.spreadsheet == RECORDS
            or entry.run == run.id
            or (workbook is None and entry.spreadsheet in run.readings.rules.workbooks)
        ):
            continue
        # A workbook that is no source any more is never asked again.
        applied = workbook is not None and workbook.holds(entry.generation, entry.run)
        settled.append(replace(entry, state="committed" if applied else "dropped"))
    return settled


def _recovered(killed: Sequence[JournalEntry], run: Run) -> Iterator[Event]:
    """Told by this run, as of the day they were seen."""
    return (replace(event, run=run.id) for entry in killed for event in entry.events)


def own_batches(run: str, written: Sequence[Written]) -> Iterator[JournalEntry]:
    """A run's own batches; one whose answer was lost, or that does not show what it should, stays open."""
    for write in written:
        for one in write.rounds:
            done = one.verified or (one is not write and write.verified)
            if one.plan.batch is not None and (done or one.dropped):
                state = "committed" if done else "dropped"
                yield JournalEntry(run, one.plan.desired.spreadsheet, one.plan.batch.generation, state)


# ---------------------------------------------------------------- what stands in the sheets


def _settled(run: Run) -> frozenset[str]:
    """Sources whose baseline may move: observed only, tables, or shown to stand in their workbook as they should."""
    shown = {name for write in run.written if write.verified for name in write.plan.desired.sources}
    shown |= run.followed.settled
    return frozenset(name for name in run.snapshots.fresh if name in shown or not _writes(run, name))


def _writes(run: Run, source: str) -> bool:
    rule = run.readings.rules.sources[source]
    return rule.mode is not Mode.OBSERVE if isinstance(rule.location, SheetTab) else rule.writes


def _standing(run: Run) -> Iterator[Standing]:
    """What stands now in every workbook that was seen to be as it should, unless just that is remembered already."""
    before = run.readings.memory.standing
    remembered = Counter(spreadsheet for spreadsheet, _, _ in before)
    for write in run.written:
        if write.plan.batch is None or write.verified:
            now = write.standing(run.id)
            if remembered[now.spreadsheet] != 1 or before.get(now.batch) != now:
                yield now


def _noted(run: Run, others: Sequence[Typed]) -> Iterator[Standing]:
    """What was told of workbooks that were left as they are, so that it is told once."""
    before = run.readings.memory.standing
    refused = [write.typed for write in run.written if isinstance(write.trouble, PlanMoved)]
    for now in (typed.seen for typed in [*others, *refused]):
        if (was := before.get(now.batch)) != now and (now.told or was is not None):
            yield now


def _published(run: Run, settled: frozenset[str]) -> Iterator[Published]:
    concerns = run.readings.request.scope.concerns
    for made in run.decided.generated:
        source = made.place.source
        if source in settled and _writes(run, source) and concerns(made.record):
            before = run.readings.memory.published.get((source, made.record, made.field))
            since = before.since if before is not None and before.value == made.value else run.started
            yield Published(source, made.record, made.field, made.value, since)


def _withheld(run: Run, settled: frozenset[str]) -> Iterator[WithheldValue]:
    """What was withheld, and what was made but does not stand in its sheet: neither may be taken for published."""
    for held in run.decided.withheld:
        if run.is_fresh(held.place):
            yield WithheldValue(held.place.source, held.record, held.field, held.reason)
    for made in run.decided.generated:
        source = made.place.source
        if run.is_fresh(made.place) and not (source in settled and _writes(run, source)):
            before = run.readings.memory.published.get((source, made.record, made.field))
            if before is None or before.value != made.value:
                why = "made, but not written yet" if _writes(run, source) else f"{source} is in mode observe"
                yield WithheldValue(source, made.record, made.field, why)
