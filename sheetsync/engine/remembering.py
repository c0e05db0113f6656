"""Commit what a cycle learned, in one transaction: history, observations, baselines, published values, flags, the run.

What was observed is always kept. The baseline moves only where what should stand in the workbook was seen to.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sheetsync.core.decide import Decisions
from sheetsync.core.flags import Flag
from sheetsync.core.graph import Mode, Rules, SheetTab
from sheetsync.core.match import Matched
from sheetsync.core.model import Claim, Place, Problem, Record
from sheetsync.engine.documents import flag_document
from sheetsync.engine.footprints import footprint
from sheetsync.engine.guarding import accepted_after, held_since
from sheetsync.engine.world import Readings, Run, Snapshots, Trouble, World, Written
from sheetsync.ports import (
    Event,
    JournalEntry,
    Memory,
    Observation,
    OpenFlag,
    Outcome,
    Published,
    RecordField,
    RunRecord,
)


def commit(
    world: World,
    readings: Readings,
    snapshots: Snapshots,
    matched: Matched,
    decided: Decisions,
    written: Sequence[Written],
) -> Run:
    """Remember the cycle (in a dry run nothing) and say what happened."""
    troubles = (*snapshots.troubles, *(Trouble(_source_of(w), w.trouble) for w in written if w.trouble))
    run = Run(
        readings.run,
        readings.started,
        world.clock.monotonic() - readings.began,
        readings,
        snapshots,
        matched,
        decided,
        written,
        troubles,
        world.sheets.count,
    )
    if not readings.request.dry_run:
        world.go_on()
        world.ledger.commit(_outcome(world, run))
    return run


def _source_of(write: Written) -> str:
    return write.plan.desired.sources[0]


def _outcome(world: World, run: Run) -> Outcome:
    seen = list(_observations(run))
    told = _Told(run.readings.memory, run)
    settled = _settled(run)
    killed = _killed(world, run)
    baselines = {key: value for key, value in run.decided.agreed.items() if key[0] in settled}
    published = list(_published(run, settled))
    return Outcome(
        RunRecord(run.id, run.started, world.clock.now(), run.exit_code, run_counts(run), run.unfit),
        [
            *_recovered(killed, run),
            *told.changes(seen),
            *(event for write in run.written for one in write.rounds for event in one.typed.events),
        ],
        seen,
        told.vanished(seen),
        baselines,
        published,
        run.matched.proposed,
        run.matched.highest_number,
        [_open_flag(world, run, flag) for flag in run.decided.flags if run.is_fresh(flag.place)],
        tuple(name for name in run.readings.rules.sources if name not in run.snapshots.fresh),
        [*(replace(entry, events=()) for entry in killed), *own_batches(run.id, run.written)],
        [write.standing(run.id) for write in run.written if write.plan.batch is None or write.verified],
        accepted_after(run.snapshots, settled),
        held_since(run.readings, run.snapshots),
        footprint(run, baselines, published),
    )


def run_counts(run: Run) -> dict[str, int]:
    """The figures of a run's last line."""
    held = {held.source for held in run.snapshots.held}
    return {
        "flags": sum(run.is_fresh(flag.place) for flag in run.decided.flags),
        "generated": sum(run.is_fresh(made.place) for made in run.decided.generated),
        "withheld": sum(run.is_fresh(held.place) for held in run.decided.withheld),
        "written": sum(1 for write in run.written if write.plan.batch is not None and write.trouble is None),
        "sources": len(run.readings.rules.sources),
        "unreachable": len({trouble.source for trouble in run.troubles} - held),
        "held": len(held),
        "reads": run.requests.reads,
        "writes": run.requests.writes,
    }


def _open_flag(world: World, run: Run, flag: Flag) -> OpenFlag:
    return OpenFlag(flag.id, flag.kind, flag_document(flag, run.matched, world.link), run.started)


# ---------------------------------------------------------------- what was seen


def _observations(run: Run) -> Iterator[Observation]:
    rules, memory = run.readings.rules, run.readings.memory
    for name, record in _named_rows(run):
        if record.source in run.snapshots.fresh:
            for claim in record.claims.values():
                yield _observation(name, record, claim, rules, memory, run)


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


def _observation(name: str, record: Record, claim: Claim, rules: Rules, memory: Memory, run: Run) -> Observation:
    understood = claim.parsed is not None and not isinstance(claim.parsed, Problem)
    value = rules.fields[claim.field].type.format(claim.parsed) if understood else None  # type: ignore[arg-type]
    before = memory.observations.get((record.source, name, claim.field))
    since = before.since if before is not None and before.value == value else run.started
    return Observation(record.source, name, claim.field, value, claim.raw, claim.place, since)


@dataclass(frozen=True)
class _Told:
    """Changes against what was last seen, as they go into the history."""

    memory: Memory
    run: Run

    def changes(self, seen: Sequence[Observation]) -> Iterator[Event]:
        """Fields that say something else than before; a source seen for the first time has no news yet."""
        known = {source for source, _, _ in self.memory.observations}
        for now in seen:
            before = self.memory.observations.get((now.source, now.record, now.field))
            if now.source in known and _said(before) != _said(now):
                old = before.value if before else None
                yield self._event(now.source, now.record, now.field, old, now.value, now.raw, now.place)
        for key in self.vanished(seen):
            gone = self.memory.observations[key]
            yield self._event(*key, gone.value, None, "", gone.place)

    def vanished(self, seen: Sequence[Observation]) -> list[RecordField]:
        there = {(now.source, now.record, now.field) for now in seen}
        fresh = self.run.snapshots.fresh
        return [key for key in self.memory.observations if key[0] in fresh and key not in there]

    def _event(
        self, source: str, record: str, field: str, old: str | None, new: str | None, raw: str, place: Place
    ) -> Event:
        return Event(self.run.id, self.run.started, source, record, field, old, new, raw, place)


def _said(observation: Observation | None) -> tuple[str | None, str]:
    """What counts as a change: another value, or other words where no value was understood."""
    if observation is None:
        return None, ""
    return observation.value, "" if observation.value is not None else observation.raw.strip()


# ---------------------------------------------------------------- what became of the batches


def _killed(world: World, run: Run) -> list[JournalEntry]:
    """Batches that runs before this one left open and whose fate is known now, with what those did not live to tell.

    The workbook says whether a batch was applied. One that was not may still arrive, and then brings nothing that is
    not told: what it replaces was seen by the run that made it, or by the one that has settled it.
    """
    settled = []
    for entry in world.ledger.unfinished():
        workbook = run.readings.workbooks.get(entry.spreadsheet)
        if entry.run == run.id or (workbook is None and entry.spreadsheet in run.readings.rules.spreadsheets):
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
    return frozenset(name for name in run.snapshots.fresh if name in shown or not _writes(run, name))


def _writes(run: Run, source: str) -> bool:
    rule = run.readings.rules.sources[source]
    return isinstance(rule.location, SheetTab) and rule.mode is not Mode.OBSERVE


def _published(run: Run, settled: frozenset[str]) -> Iterator[Published]:
    for made in run.decided.generated:
        source = made.place.source
        if source in settled and _writes(run, source):
            before = run.readings.memory.published.get((source, made.record, made.field))
            since = before.since if before is not None and before.value == made.value else run.started
            yield Published(source, made.record, made.field, made.value, since)
