"""Which lines of ARCHITECTURE's table a run came by, told from the ledger's past and what the sheets say now.

It never asks what was decided, but knows what must have been: `judged` holds the run to it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Final

from sheetsync.core.agreements import agreed_under
from sheetsync.core.flags import Flag, FlagKind
from sheetsync.core.graph import Handoff, Rules
from sheetsync.core.model import Problem, Value
from sheetsync.core.record_fields import RecordField
from sheetsync.core.terms import Contract
from sheetsync.core.truth import subject
from sheetsync.engine.world import Run
from tests.reliability.oracle import Broken

#: lines that schedules must reach: all of the table
REACHED: Final = tuple(f"line {number:02d}" for number in range(1, 60))
_SILENT: Final = frozenset((1, 4, 7, 9, 10, 12, 14, 15, 16, 19, 21, 26, 27, 42))
_DIFFERS: Final = frozenset((2, 5, 6, 11, 18, *range(32, 39)))

#: the baseline becomes what both say; and there is none, or it stays
_AGREED: Final = frozenset((1, 7, 10, 42))
_APART: Final = frozenset((*_DIFFERS, 3, 8, 14, 15, 16, 19, 21, 22, 24, 26, 27, 40, 41))
#: somebody has left what was agreed, and they differ
_MOVED: Final = (5, 6, 8, 11)

BLANK, UNREAD, GONE, TWICE = "blank", "not understood", "no row", "two rows"


class Misjudged(Broken):
    """What is told of a copy is not what its line of the table says."""


@dataclass(frozen=True)
class Word:
    """What a cell says: a value, or why it says none."""

    value: Value | None
    why: str = ""
    raw: str = ""


@dataclass
class Lines:
    """Follows one schedule from run to run."""

    #: every baseline there was before the present one, newest last
    earlier: dict[RecordField, list[str]] = field(default_factory=lambda: defaultdict(list))
    _last: dict[RecordField, str] = field(default_factory=dict)
    #: copies that were in conflict in the last run
    _conflicts: frozenset[RecordField] = frozenset()
    _records: dict[str, frozenset[str]] = field(default_factory=dict)
    #: source -> record -> what its row said beside its key
    _rows_said: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    #: what every compared cell said in the last run, the copies' and the owners'
    words: dict[RecordField, Word] = field(default_factory=dict)
    #: rows whose group was in conflict in the last run
    torn: frozenset[tuple[str, str]] = frozenset()
    #: field -> everybody who ever owned it, the present owner last
    owners: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    #: the sources of every run
    _sources: list[frozenset[str]] = field(default_factory=list)
    #: what the last run found agreed, how everything was called then, and what copies were held to
    _agreed: frozenset[RecordField] = frozenset()
    _called: object = None
    _held_to: object = None
    #: sources that are back in the configuration
    back: frozenset[str] = frozenset()

    def of(self, run: Run) -> Iterator[int]:
        """Every line a run came by, as often as it did. Raises `Misjudged`."""
        for about, text in run.readings.memory.baselines.items():
            if (was := self._last.get(about)) is not None and was != text:
                self.earlier[about].append(was)
            self._last[about] = text
        self._configured(run)
        look = _Look(run, self)
        found = list(look.lines())
        _judge(run, look)
        yield from (number for number, _ in found)
        yield from self._rows(run)
        yield from self._exchanged(run)
        yield from self._renamed(run, look)
        self._conflicts = frozenset(about for number, about in found if number in (8, 47, 48))
        self.torn, self.words = frozenset(look.torn), look.words

    def _configured(self, run: Run) -> None:
        rules = run.readings.rules
        for name, owner in rules.owners.items():
            if self.owners[name][-1:] != [owner]:
                self.owners[name].append(owner)
        now = frozenset(rules.sources)
        self.back = (now & frozenset().union(*self._sources)) - (self._sources or [now])[-1]
        self._sources.append(now)
        memory, terms = run.readings.memory, agreed_under(rules)
        for source, record, name in memory.baselines:
            noted = memory.agreed_under.get((source, name))
            if source in self.back or (noted is not None and noted != terms.get((source, name))):
                raise Misjudged(f"{(source, record, name)} was agreed under other terms, and still counts")

    def _exchanged(self, run: Run) -> Iterator[int]:
        """Two rows that exchanged their keys: each record's row says what the other's said."""
        for name in run.snapshots.fresh:
            key = run.readings.rules.sources[name].key
            said = {
                it.key: tuple(claim.raw for about, claim in it.record.claims.items() if about not in key)
                for it in run.matched.identified
                if it.record.source == name
            }
            was = self._rows_said.get(name, {})
            both = sorted(said.keys() & was.keys())
            for one, other in combinations(both, 2):
                if said[one] == was[other] != said[other] == was[one]:
                    yield 29
            self._rows_said[name] = said

    def _renamed(self, run: Run, look: "_Look") -> Iterator[int]:
        """Everything is called otherwise since the last run, and what was agreed counts as it did."""
        rules, agreed = run.readings.rules, frozenset(run.readings.memory.baselines)
        titles = {name: (it.title, it.team) for name, it in rules.sources.items()}
        called = (titles, rules.severities, rules.aliases)
        held_to = (rules.sources.keys(), rules.fields, rules.owners, rules.handoffs, rules.groups)
        if self._held_to == held_to and self._called != called:
            if lost := self._agreed - agreed:
                raise Misjudged(f"forgotten under other titles: {sorted(lost)}")
            yield from (39 for about in look.alone if about in agreed)
        self._called, self._held_to, self._agreed = called, held_to, agreed

    def was_in_conflict(self, about: RecordField) -> bool:
        return about in self._conflicts

    def _rows(self, run: Run) -> Iterator[int]:
        """A row that got another key: one record gone and one come in the same read, and no row more or less."""
        for name in run.snapshots.fresh:
            now = frozenset(it.key for it in run.matched.identified if it.record.source == name)
            before = self._records.get(name)
            if before is not None and len(before) == len(now) and len(before - now) == 1:
                yield 28
            self._records[name] = now


@dataclass(frozen=True)
class _Pair:
    """A copy's field, as the table sees it."""

    about: RecordField
    line: int
    #: who moved it
    moved: str = ""
    approved: bool = False


@dataclass
class _Look:
    """One run, looked at field by field."""

    run: Run
    past: Lines
    #: (copy's cell) -> its line, of fields by themselves
    alone: dict[RecordField, int] = field(default_factory=dict)
    #: (copy's cell) -> its line, of fields of groups
    grouped: dict[RecordField, int] = field(default_factory=dict)
    #: rows whose group both sides moved -> whether an approval covers all that moved
    torn: dict[tuple[str, str], bool] = field(default_factory=dict)
    #: what every compared cell says
    words: dict[RecordField, Word] = field(default_factory=dict)

    @property
    def rules(self) -> Rules:
        return self.run.readings.rules

    @cached_property
    def _twice(self) -> frozenset[tuple[str, str]]:
        return frozenset((one.record.source, one.key) for rows in self.run.matched.duplicates for one in rows)

    def lines(self) -> Iterator[tuple[int, RecordField]]:
        groups: defaultdict[tuple[str, str], list[_Pair]] = defaultdict(list)
        singles: list[_Pair] = []
        for handoff in self.rules.handoffs:
            for name, terms in handoff.contracts.items():
                if terms is Contract.EQUAL and self.rules.owners.get(name) != handoff.receiver:
                    for pair in self._pairs(handoff, name):
                        grouped = len(self.rules.group_of(name)) > 1
                        (groups[pair.about[:2]] if grouped else singles).append(pair)
        for pair in singles:
            self.alone[pair.about] = pair.line
            yield pair.line, pair.about
        for pair in (*singles, *(it for pairs in groups.values() for it in pairs)):
            yield from self._since(pair)
        yield from self._of_rows(singles)
        for pairs in groups.values():
            yield from self._of_group(pairs)
        yield from self._of_several([*singles, *(it for pairs in groups.values() for it in pairs)])

    # ------------------------------------------------------------ one field

    def _pairs(self, handoff: Handoff, name: str) -> Iterator[_Pair]:
        source, giver = handoff.receiver, self.rules.owners.get(name) or handoff.giver
        memory, snapshots = self.run.readings.memory, self.run.snapshots
        if source not in snapshots.fresh:
            yield _Pair((source, "", name), 30)
            return
        seen = {record for record, _ in memory.observations.records(source) if not record.startswith("unmatched")}
        here = {it.key for it in self.run.matched.identified if it.record.source == source}
        twice = {record for at, record in self._twice if at == source}
        for record in sorted(seen | here | twice):
            if " (row " not in record:
                line, moved = self._line((source, record, name), giver)
                yield _Pair((source, record, name), line, moved, line in (40, 41))

    def _line(self, about: RecordField, giver: str) -> tuple[int, str]:  # noqa: C901
        """One line after the other, as the table has them."""
        _, record, name = about
        one = self.rules.fields[name]
        copy, owner = self._word(*about), self._word(giver, subject(record, one), name)
        base = self._base(about)
        self.words[about], self.words[giver, subject(record, one), name] = copy, owner
        if copy.why == TWICE:
            return 26, ""
        if copy.why == GONE:
            return 22, ""
        if owner.why == TWICE:
            return 27, ""
        if owner.why == GONE:
            return 24, ""
        if copy.why == UNREAD:
            return 19, "unread"
        if owner.why == UNREAD:
            return 21, "unread"
        if copy.value is None or owner.value is None:
            return (14 if owner.value is not None else 15 if copy.value is not None else 16), "blank"
        if giver not in self.run.snapshots.fresh:
            return 31, ""
        same = one.type.agrees
        if same(owner.value, copy.value):
            moved = "alike" if base is not None and not same(base, owner.value) else ""
            return self._agreed(about, giver, copy, base), moved
        if name not in self.rules.owners:
            return 3, ""
        if self._is_granted(about):
            who = "first" if base is None else _mover(same(base, owner.value), same(base, copy.value))
            return (41 if who == "both" else 40), who
        if base is None:
            return self._first_sight(about), "first"
        if same(base, owner.value):
            back = any(same(it, copy.value) for it in map(self._read(name), self.past.earlier[about]) if it is not None)
            return (11 if back else 6), "copy"
        return (5, "owner") if same(base, copy.value) else (8, "both")

    def _since(self, pair: _Pair) -> Iterator[tuple[int, RecordField]]:
        """Lines that are about what the cells said in the last run, beside those that say who has moved."""
        _, record, name = pair.about
        if pair.line not in (2, *_MOVED) or (owner := self.rules.owners.get(name)) is None:
            return
        theirs = (owner, subject(record, self.rules.fields[name]), name)
        was, before = self.past.words.get(pair.about), self.past.words.get(theirs)
        if was is None or before is None:
            return
        now = (self.words[pair.about].value, self.words[theirs].value)
        if pair.line in (2, 8) and None not in now and (before.value, was.value) == now:
            yield 13, pair.about
        if pair.line in _MOVED and was.why == UNREAD:
            yield 20, pair.about
        if pair.line in (5, 8) and was.why == BLANK:
            yield 17, pair.about
        if pair.line in (5, 8) and before.why == GONE:
            yield 25, pair.about

    def _agreed(self, about: RecordField, giver: str, copy: Word, base: Value | None) -> int:
        source, record, name = about
        same, before = self.rules.fields[name].type.agrees, self.run.readings.memory.observations
        was = before.record(source, record).get(name)
        if base is None:
            return 1
        if not same(base, copy.value):  # type: ignore[arg-type]
            if self._is_granted(about):
                return 42
            return 10 if self.past.was_in_conflict(about) else 7
        if was is None:
            return 23
        theirs = before.record(giver, subject(record, self.rules.fields[name])).get(name)
        moved = [it for it in (was, theirs) if it is not None and it.value is not None]
        if any(not same(base, value) for it in moved if (value := self._read(name)(it.value)) is not None):
            return 12
        return 9 if was.value is not None and was.raw != copy.raw else 4

    def _first_sight(self, about: RecordField) -> int:
        source, record, name = about
        memory, now = self.run.readings.memory, self._terms(about)
        if source in self.past.back:
            return 32
        if about in memory.baselines:
            return 37
        if (noted := memory.agreed_under.get((source, name), now)) != now:
            owner = self.rules.owners[name]
            if not noted.startswith(f"as {owner},"):
                return 34 if owner in self.past.owners[name][:-1] else 33
            if noted.split(", ")[1] != now.split(", ")[1]:
                return 36
            return 38 if ("with " in noted) != ("with " in now) else 35
        was = memory.observations.record(source, record).get(name)
        return 18 if was is not None and was.value is None and not was.raw.strip() else 2

    def _terms(self, about: RecordField) -> str:
        return agreed_under(self.rules)[about[0], about[2]]

    def _is_granted(self, about: RecordField) -> bool:
        source, record, name = about
        return any(
            one.source == source and name in one.covers and self._word(source, record, one.state).value in one.granted
            for one in self.rules.approvals
        )

    def _base(self, about: RecordField) -> Value | None:
        text = self.run.readings.memory.baselines.get(about)
        return None if text is None else self._read(about[2])(text)

    def _read(self, name: str) -> Callable[[str | None], Value | None]:
        def read(text: str | None) -> Value | None:
            try:
                return None if text is None else self.rules.fields[name].type.read(text)
            except ValueError:
                return None

        return read

    def _word(self, source: str, record: str, name: str) -> Word:
        if (source, record) in self._twice:
            return Word(None, TWICE)
        row = self.run.matched.of.get((source, record))
        if row is None:
            return Word(None, GONE)
        if name not in row.record.claims:
            # Its column has never been there: the row claims nothing.
            return Word(None, BLANK)
        claim = row.record.claims[name]
        if isinstance(claim.parsed, Problem):
            return Word(None, UNREAD, claim.raw)
        return Word(claim.parsed, "" if claim.parsed is not None else BLANK, claim.raw)

    # ------------------------------------------------------------ several fields, several copies

    def _of_rows(self, singles: list[_Pair]) -> Iterator[tuple[int, RecordField]]:
        rows: defaultdict[tuple[str, str], dict[str, _Pair]] = defaultdict(dict)
        for pair in singles:
            rows[pair.about[:2]][pair.moved] = pair
        for moved in rows.values():
            if {"owner", "copy"} <= moved.keys():
                yield 46, moved["copy"].about

    def _of_group(self, pairs: list[_Pair]) -> Iterator[tuple[int, RecordField]]:
        moved = {pair.moved for pair in pairs}
        about = pairs[0].about
        both, owner, copy = "both" in moved, "owner" in moved, "copy" in moved
        if both or (owner and copy):
            self.torn[about[:2]] = all(pair.approved for pair in pairs if pair.moved in ("owner", "copy", "both"))
            yield (59 if self.torn[about[:2]] else 48 if both else 47), about
        elif "alike" in moved:
            yield (52 if owner else 53 if copy else 51), about
        elif owner or copy:
            yield (49 if owner else 50), about
            if "blank" in moved:
                yield 54, about
        if "unread" in moved and len(moved & {"alike", "owner", "copy"}) > 0:
            yield 55, about
        if (owner or copy) and about[:2] in self.past.torn - self.torn.keys():
            yield 58, about
        if "first" in moved:
            yield 56, about
        for pair in pairs:
            self.grouped[pair.about] = pair.line
            if pair.line not in _MOVED:
                yield pair.line, pair.about

    def _of_several(self, pairs: list[_Pair]) -> Iterator[tuple[int, RecordField]]:
        copies: defaultdict[tuple[str, str], list[_Pair]] = defaultdict(list)
        for pair in pairs:
            if pair.line in (2, *_MOVED):
                copies[subject(pair.about[1], self.rules.fields[pair.about[2]]), pair.about[2]].append(pair)
        for those in copies.values():
            words = [self.rules.fields[it.about[2]].type.format(self._word(*it.about).value) for it in those]  # type: ignore[arg-type]
            about = those[0].about
            if len(set(words)) > 1:
                yield 43, about
            if len(set(words)) < len(words):
                yield 44, about
            if {5, 8} <= {it.line for it in those}:
                yield 45, about
        torn = {record for _, record in self.torn}
        for pair in pairs:
            if pair.moved == "owner" and pair.about[1] in torn and pair.about[:2] not in self.torn:
                yield 57, pair.about


def _mover(owner_stayed: bool, copy_stayed: bool) -> str:
    return "copy" if owner_stayed else "owner" if copy_stayed else "both"


def _judge(run: Run, look: _Look) -> None:
    """Hold what was told to the lines."""
    told: defaultdict[RecordField, list[FlagKind]] = defaultdict(list)
    together: defaultdict[tuple[str, str], int] = defaultdict(int)
    for flag in run.decided.flags:
        if flag.kind in (FlagKind.DIFFERENCE, FlagKind.CONFLICT, FlagKind.STALE_APPROVAL):
            told[flag.place.source, flag.record, flag.field].append(flag.kind)
            together[flag.place.source, flag.record] += bool(flag.group)
        if look.torn.get((flag.place.source, flag.record)) and flag.kind is FlagKind.STALE_APPROVAL:
            _says_both_moved(flag)
    by_itself = {about: line for about, line in look.grouped.items() if about[:2] not in look.torn}
    for about, line in (look.alone | by_itself).items():
        if told[about] != _right(line, told[about]):
            raise Misjudged(f"{about} is line {line}, told {told[about]}")
    for about, line in look.grouped.items():
        if about[:2] in look.torn and (line in (40, 41)) != (FlagKind.STALE_APPROVAL in told[about]):
            raise Misjudged(f"{about} is line {line} of a group that moved on both sides, told {told[about]}")
    for row, approved in look.torn.items():
        if together[row] != (not approved):
            raise Misjudged(f"the group of {row} moved on both sides, told {together[row]} times")
    remembered = {about[0] for about, line in look.grouped.items() if line in (30, 31)}
    if extra := [row for row, count in together.items() if count and row not in look.torn and row[0] not in remembered]:
        raise Misjudged(f"a conflict of a group that did not move on both sides: {extra}")
    _judge_agreed(run, look)
    if away := {about[0] for about in told} - look.rules.sources.keys():
        raise Misjudged(f"told of sources that are in no configuration: {away}")


def _judge_agreed(run: Run, look: _Look) -> None:
    """Nothing is agreed on that differs or cannot be compared, and of a group nothing while anything differs."""
    agreed = run.decided.agreed
    for about, line in look.alone.items():
        if line in _AGREED | _APART and (about in agreed) != (line in _AGREED):
            raise Misjudged(f"{about} is line {line}, {'not ' * (about not in agreed)}agreed on")
    apart = {about[:2] for about, line in look.grouped.items() if line in _APART - {14, 15, 16, 21}}
    if half := [about for about in look.grouped if about[:2] in apart and about in agreed]:
        raise Misjudged(f"agreed on in part: {half}")


def _right(line: int, told: list[FlagKind]) -> list[FlagKind]:
    """What must be told of a copy by itself; where a line leaves it open, what was."""
    if line in _DIFFERS:
        return [FlagKind.DIFFERENCE]
    if line in (3, 8):
        return [FlagKind.CONFLICT]
    if line in (40, 41):
        return [FlagKind.STALE_APPROVAL]
    return [] if line in _SILENT else told


def _says_both_moved(flag: Flag) -> None:
    if "moved on both sides" not in flag.message and "both moved" not in flag.message:
        raise Misjudged(f"{flag.record} moved on both sides, told {flag.message!r}")
