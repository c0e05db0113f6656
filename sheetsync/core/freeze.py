"""Freezes: from some hours before launch on, an owner's change of a frozen field counts only once somebody says yes.

Nothing is guessed meanwhile: the field is disputed, whatever needs it is withheld, and what is live stays. A freeze is
judged by the launch that counted last, so that moving the launch away opens no door:

- A launch that is frozen itself moves with a yes, like any field. With it the freeze moves, or ends.
- One that is not frozen moves by itself, but not while a change of the same campaign waits for a yes.
- The launch of a campaign that has none, or whose launch is in conflict before the freeze begins, freezes nothing.

What counts is taken down when the freeze is first seen: as it was seen last before, so that a change from one look to
the next, over the freeze's beginning, is within it; at first sight, as it is. A cell that says nothing says so: to fill
or to blank it is a change like any other. A cell nobody understands, or that is gone, moves nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import Protocol

from sheetsync.core.disputes import Dispute
from sheetsync.core.graph import Freeze, Rules
from sheetsync.core.late import (
    FIRST_DAY,
    LAST_DAY,
    NO_FROST,
    WINDOW,
    Frost,
    Frozen,
    LateChange,
    Launch,
    Moved,
    in_force,
    launch,
)
from sheetsync.core.model import Claim, Entity, Problem, Value
from sheetsync.core.record_fields import RecordField
from sheetsync.core.truth import Known, Truths, campaign_of


class LastSaid(Protocol):
    """What a cell was last seen to say (`ports.Observation`)."""

    @property
    def value(self) -> str | None: ...
    @property
    def since(self) -> datetime: ...


Accepted = tuple[str, str, str]
"""(record, field, value as canonical text; empty for a cell that says nothing)"""


@dataclass(frozen=True)
class Before:
    """What is known of the past: what counts under a freeze, and what every cell was last seen to say."""

    frozen: Mapping[RecordField, Frozen]
    seen: Mapping[RecordField, LastSaid]


@dataclass(frozen=True, slots=True)
class Look:
    """One run and its moment, and what people said yes to: what -> who."""

    now: datetime
    run: str
    accepted: Mapping[Accepted, str] = field(default_factory=dict)


def freezes(truths: Truths, before: Before, look: Look, disputed: Collection[tuple[str, str]] = ()) -> Frost:
    """The changes that wait for a yes, and what counts of everything frozen.

    `disputed` are (record, field) of launches over which owner and copy are in conflict. What is accepted counts from
    here on; of a group only as a whole.
    """
    if not truths.rules.freezes:
        return NO_FROST
    frost = _Freezer(truths, before, look, frozenset(disputed))
    late: list[LateChange] = []
    rows: dict[RecordField, Frozen] = {}
    for campaign in sorted(truths.matched.campaigns | {campaign_of(record) for _, record, _ in before.frozen}):
        changes, kept = frost.of(campaign)
        late += changes
        rows |= kept
    return Frost(tuple(late), rows)


Settled = tuple[list[LateChange], dict[RecordField, Frozen]]


@dataclass(frozen=True)
class _Freezer:
    """Looks at one cycle's words, campaign by campaign."""

    truths: Truths
    before: Before
    look: Look
    disputed: frozenset[tuple[str, str]]

    def of(self, campaign: str) -> Settled:
        counted = self._launch(campaign, {})
        rules = self._in_force(counted)
        if counted is None or not rules:
            # It may have moved here just now, by itself: then all is frozen as it is.
            return self._as_it_is(campaign)
        of_launch = self._groups(rules, WINDOW)
        late, rows = self._settle(campaign, of_launch, rules, counted)
        counted = self._launch(campaign, rows)
        rules = self._in_force(counted)
        if counted is None or not rules:
            return self._as_it_is(campaign)
        others = [group for group in self._groups(rules) if group not in of_launch]
        more, beside = self._settle(campaign, others, rules, counted)
        late, rows = late + more, rows | beside
        if late:
            return late, self._window(campaign, rows) | rows
        return self._as_it_is(campaign, rows)

    def _as_it_is(self, campaign: str, rows: Mapping[RecordField, Frozen] | None = None) -> Settled:
        """Nothing waits: the launch counts as it is said now, and what that freezes is taken down."""
        rows = rows or {}
        rules = self._in_force(self._launch(campaign, rows, now=True))
        if not rules:
            return [], {}
        window = self._window(campaign, rows, now=True)
        taken = {
            row.about: row
            for group in self._groups(rules)
            for record in self._records(campaign, group)
            for name in group
            if (row := self._taken_down(record, name, rows)) is not None
        }
        return [], window | taken

    # ------------------------------------------------------------ the launch

    def _launch(self, campaign: str, rows: Mapping[RecordField, Frozen], now: bool = False) -> Launch | None:
        """The launch that counts; `now`: as it is said, where no freeze has a say in it."""
        return launch(*(self._of_window(campaign, name, rows, now) for name in (FIRST_DAY, LAST_DAY)))

    def _of_window(self, campaign: str, name: str, rows: Mapping[RecordField, Frozen], now: bool) -> Value | None:
        about = self._about(campaign, name)
        if about is None:
            return None
        if about in rows:
            return self._read(name, rows[about].value)
        frozen, is_disputed = self.before.frozen.get(about), (campaign, name) in self.disputed
        if frozen is not None and (not now or is_disputed or not isinstance(self.truths.of(campaign, name), Known)):
            return self._read(name, frozen.value)
        if is_disputed:
            return None
        seen = None if now else self.before.seen.get(about)
        if seen is not None and seen.value is not None:
            return self._read(name, seen.value)
        said = self.truths.of(campaign, name)
        return said.value if isinstance(said, Known) else None

    def _window(
        self, campaign: str, rows: Mapping[RecordField, Frozen], now: bool = False
    ) -> dict[RecordField, Frozen]:
        """The launch by which the freeze is judged, to be remembered."""
        found = {}
        for name in WINDOW:
            about, value = self._about(campaign, name), self._of_window(campaign, name, rows, now)
            if about is not None and value is not None:
                found[about] = self._row(about, self._text(name, value), rows)
        return found

    def _in_force(self, counted: Launch | None) -> tuple[Freeze, ...]:
        return in_force(self.truths.rules.freezes, counted, self.look.now)

    # ------------------------------------------------------------ what is frozen

    def _groups(self, rules: Iterable[Freeze], of: Collection[str] = ()) -> list[tuple[str, ...]]:
        """The fields that are frozen, those that change together as one; `of`: only groups with one of these."""
        names = dict.fromkeys(chain.from_iterable(rule.fields for rule in rules))
        owned = (name for name in names if name in self.truths.rules.owners)
        groups = dict.fromkeys(self.truths.rules.group_of(name) for name in owned)
        return [group for group in groups if not of or not set(of).isdisjoint(group)]

    def _settle(
        self, campaign: str, groups: Iterable[tuple[str, ...]], rules: tuple[Freeze, ...], counted: Launch
    ) -> Settled:
        late: list[LateChange] = []
        rows: dict[RecordField, Frozen] = {}
        for group in groups:
            for record in self._records(campaign, group):
                changes, kept = self._settle_one(record, group, rules, counted)
                late += changes
                rows |= kept
        return late, rows

    def _settle_one(self, record: str, group: tuple[str, ...], rules: tuple[Freeze, ...], counted: Launch) -> Settled:
        """One group of one record: what moved waits, or counts because all of it was accepted."""
        rows = {row.about: row for name in group if (row := self._counted(record, name)) is not None}
        moved = [it for name in group if (it := self._moved(record, name, rows)) is not None]
        if not moved:
            return [], rows
        said_yes = [self._said_yes(record, one) for one in moved]
        if all(said_yes):
            for one, who in zip(moved, said_yes, strict=True):
                about = (one.claim.place.source, record, one.claim.field)
                value = self._text(one.claim.field, one.now)
                rows[about] = Frozen(*about, value, self.look.now, self.look.run, who or "")
            return [], rows
        name = next((name for name, fields in self.truths.rules.groups.items() if fields == group), "")
        tightest = min(
            (rule for rule in rules if not set(group).isdisjoint(_with_groups(rule, self.truths.rules))),
            key=lambda rule: rule.within,
        )
        counts = {row.field: self._read(row.field, row.value) for row in rows.values()}
        at = max(self._since(one, record) for one in moved)
        whole = {one: counts.get(one) for one in group}
        return [LateChange(record, tuple(moved), tightest, counted, at, whole, name)], rows

    def _moved(self, record: str, name: str, rows: Mapping[RecordField, Frozen]) -> Moved | None:
        """The owner's cell where it says something else than what counts; None also where it cannot be told."""
        about, claim = self._about(record, name), self._claim(record, name)
        if about is None or about not in rows or claim is None or isinstance(claim.parsed, Problem):
            return None
        counts = self._read(name, rows[about].value)
        return None if self._same(name, counts, claim.parsed) else Moved(claim, counts, claim.parsed)

    def _counted(self, record: str, name: str) -> Frozen | None:
        """What counts: as taken down, else as last seen before, else as it is. None where nothing can be told."""
        about = self._about(record, name)
        if about is None or about in self.before.frozen:
            return None if about is None else self.before.frozen[about]
        seen, claim = self.before.seen.get(about), self._claim(record, name)
        if seen is not None and (seen.value is None or self._read(name, seen.value) is not None):
            return self._row(about, seen.value)
        if claim is None:
            return None
        return self._row(about, None if isinstance(claim.parsed, Problem) else self._text(name, claim.parsed))

    def _taken_down(self, record: str, name: str, rows: Mapping[RecordField, Frozen]) -> Frozen | None:
        """What counts where nothing waits: as it is, however it is spelled."""
        about, claim = self._about(record, name), self._claim(record, name)
        if about is None:
            return None
        if about in rows:
            return rows[about]
        if claim is None or isinstance(claim.parsed, Problem):
            return self._counted(record, name)
        return self._row(about, self._text(name, claim.parsed))

    def _row(self, about: RecordField, value: str | None, rows: Mapping[RecordField, Frozen] | None = None) -> Frozen:
        """A value that counts; the line that said so already, if one did."""
        known = (rows or {}).get(about) or self.before.frozen.get(about)
        if known is not None and known.value == value:
            return known
        return Frozen(*about, value, self.look.now, self.look.run)

    # ------------------------------------------------------------ whose yes

    def _said_yes(self, record: str, one: Moved) -> str | None:
        """Who accepted exactly what the cell says now; None where nobody did."""
        name = one.claim.field
        for of, field_name, text in self.look.accepted:
            if (of, field_name) == (record, name) and self._same(name, self._read(name, text or None), one.now):
                return self.look.accepted[of, field_name, text] or "somebody"
        return None

    def _since(self, one: Moved, record: str) -> datetime:
        about = (one.claim.place.source, record, one.claim.field)
        seen = self.before.seen.get(about)
        is_known = seen is not None and seen.value == self._text(one.claim.field, one.now)
        return seen.since if seen is not None and is_known else self.look.now

    # ------------------------------------------------------------ words

    def _records(self, campaign: str, group: tuple[str, ...]) -> list[str]:
        of_campaign = self.truths.rules.fields[group[0]].of is Entity.CAMPAIGN
        return [campaign] if of_campaign else self._placements.get((self.truths.rules.owners[group[0]], campaign), [])

    @cached_property
    def _placements(self) -> Mapping[tuple[str, str], list[str]]:
        """(owner, campaign) -> its placements, those known of before among them."""
        found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for source, record in self._known_records():
            if record != campaign_of(record):
                found[source, campaign_of(record)].add(record)
        return {about: sorted(records) for about, records in found.items()}

    def _known_records(self) -> Iterator[tuple[str, str]]:
        owners = {self.truths.rules.owners[group[0]] for group in self._groups(self.truths.rules.freezes)}
        yield from ((item.record.source, item.key) for item in self.truths.matched.identified)
        yield from ((source, record) for source, record, _ in self.before.frozen if source in owners)

    def _about(self, record: str, name: str) -> RecordField | None:
        owner = self.truths.rules.owners.get(name)
        return None if owner is None else (owner, record, name)

    def _claim(self, record: str, name: str) -> Claim | None:
        row = self.truths.matched.of.get((self.truths.rules.owners[name], record))
        return None if row is None else row.record.claims.get(name)

    def _same(self, name: str, one: Value | None, other: Value | None) -> bool:
        if one is None or other is None:
            return one is other
        return self.truths.rules.fields[name].type.agrees(one, other)

    def _text(self, name: str, value: Value | None) -> str | None:
        return None if value is None else self.truths.rules.fields[name].type.format(value)

    def _read(self, name: str, text: str | None) -> Value | None:
        """None also where the field has changed its kind or its words since."""
        try:
            return None if text is None else self.truths.rules.fields[name].type.read(text)
        except ValueError:
            return None


def named_by(frost: Frost, dispute: Dispute, rules: Rules) -> tuple[str, ...]:
    """Who must decide about something frozen, by the tightest rule that names anybody; nobody where none does."""
    frozen = {name for name in dispute.fields if (dispute.a.source, dispute.about, name) in frost.rows}
    late = frost.disputed.get((dispute.about, dispute.field))
    if late is not None and late.rule.needs:
        return late.rule.needs
    naming = [rule for rule in rules.freezes if rule.needs and not frozen.isdisjoint(_with_groups(rule, rules))]
    return min(naming, key=lambda rule: rule.within).needs if naming else ()


def _with_groups(rule: Freeze, rules: Rules) -> set[str]:
    return set(chain.from_iterable(map(rules.group_of, rule.fields)))


def settled(frost: Frost, before: Mapping[RecordField, Frozen]) -> tuple[list[Frozen], list[RecordField]]:
    """What is new or another value now, and what counts under no freeze any more."""
    moved = [row for about, row in frost.rows.items() if before.get(about) != row]
    return moved, sorted(before.keys() - frost.rows.keys())


def as_said(truths: Truths) -> Truths:
    """The same words, also those that wait for a yes."""
    return replace(truths, frost=NO_FROST) if truths.frost.late else truths
