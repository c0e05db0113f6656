"""What follows from a change before anybody makes it: the same world decided twice, and what is not the same.

It says what the next cycle does once the owner's cell says the new word and nothing else has changed: values made,
kept and withheld, copies that differ, approvals that go stale, handoffs that fall back. Only the campaigns concerned
are looked at, and those that share a link or a name with them (`core.cutting`).

Asked with `impact` the rows are matched, and all other cells read, as they are now. Where that may not stay so
(`unsure` says it) only `impact_between` knows, which is given both worlds, each read and matched as a whole. Nothing is
said of what a table that follows its owners brings about in the cycle after the next, and a source nobody can read
takes part as last remembered. An id of a flag is that of the cycle unless, by a chance of one in a billion, another
flag of a campaign not looked at would share it.
"""

from collections import ChainMap
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import cast

from sheetsync.core.as_if import as_if
from sheetsync.core.campaigns import CAMPAIGN_ID
from sheetsync.core.consequences import Build, Copy, GoesStale, Impact, Kept, Launch, Said, Step, Turn
from sheetsync.core.cutting import Ground, moved
from sheetsync.core.decide import Decisions, decide, values_wanted
from sheetsync.core.flags import Flag, FlagKind, Generated, Withheld
from sheetsync.core.graph import GENERATED, Rules
from sheetsync.core.making import Made, Past, marked_live
from sheetsync.core.match import Identified
from sheetsync.core.model import Place, Value
from sheetsync.core.readiness import became
from sheetsync.core.rebuilding import Built, Outlook, Rebuilding, nothing_known
from sheetsync.core.record_fields import RecordField
from sheetsync.core.truth import Known, Truths, campaign_of
from sheetsync.core.windows import DAYS

_FIRST_DAY = DAYS[0]
Usual = Mapping[str, timedelta]
"""Handoff -> how long it usually takes; see `core.usual`."""


# ---------------------------------------------------------------- asking


def impact(
    now: Ground,
    words: Mapping[RecordField, Value],
    usual: Usual | None = None,
    agreed: Mapping[RecordField, str] | None = None,
    built: Built | None = None,
) -> Impact:
    """What follows if these (source, record, field) said these values.

    `agreed`: (copy's source, record, field) -> what then counts as last agreed there, canonical. `built`: what rows
    were built from, as far as it is known. Keep `now` for further questions: what it has looked up once it need not
    look up again.
    """
    of_words = frozenset(campaign_of(record) for _, record, _ in (*words, *(agreed or ())))
    past = _agreeing(now.past, agreed or {})

    def cut(campaigns: Collection[str]) -> tuple[Ground, Ground]:
        before = now.cut(campaigns)
        matched = as_if(before.truths.matched, words, now.rules)
        return before, Ground(replace(before.truths, matched=matched), replace(past, approvals=before.past.approvals))

    return _impact(now, of_words, cut, usual or {}, tuple(_unsure(now, words)), built)


def impact_between(now: Ground, then: Ground, usual: Usual | None = None, built: Built | None = None) -> Impact:
    """What follows if the world were the other one: the same sheets with other words, read and matched again."""
    was, becomes = now.truths.matched, then.truths.matched
    unmatched = was.unmatched != becomes.unmatched

    def cut(campaigns: Collection[str]) -> tuple[Ground, Ground]:
        return now.cut(campaigns, unmatched), then.cut(campaigns, unmatched)

    return _impact(now, moved(was, becomes), cut, usual or {}, (), built)


def _agreeing(past: Past, agreed: Mapping[RecordField, str]) -> Past:
    """The same past but for these baselines; the others are not copied for that."""
    over: ChainMap[RecordField, str] = ChainMap(dict(agreed), cast(dict[RecordField, str], past.baselines))
    return replace(past, baselines=over) if agreed else past


_AboutValue = tuple[Place, str, str, str]
"""(row, record, field, column)"""
Cut = Callable[[Collection[str]], tuple[Ground, Ground]]
"""Campaigns -> the world now and then, cut down to them."""


def _impact(
    now: Ground, campaigns: frozenset[str], cut: Cut, usual: Usual, unsure: tuple[str, ...], built: Built | None
) -> Impact:
    before, after = cut(campaigns)
    # A link or a name that is given up, or taken, may be another campaign's.
    if others := now.sharing(_keys_that_move(before, after)) - campaigns:
        before, after = cut(campaigns | others)
    return _Compared(before, after, campaigns, usual, built).impact(unsure)


def _keys_that_move(before: Ground, after: Ground) -> Iterable[Hashable]:
    return {key for key, _ in before.users ^ after.users}


def _unsure(now: Ground, words: Mapping[RecordField, Value]) -> Iterator[str]:
    """Where rows may come to be matched otherwise, which is not looked at: by their names, or by their days."""
    rules, matched = now.rules, now.truths.matched
    names = {name for source in rules.sources.values() for names in source.match for name in names}
    for _, record, name in words:
        campaign, label = campaign_of(record), rules.fields[name].label
        if name in names or name == CAMPAIGN_ID:
            yield f"rows may be matched otherwise once {label} changes"
        elif name in DAYS and (
            campaign in matched.unaccepted
            or any(campaign in one.candidates for one in matched.unmatched)
            or any(item.record.value(CAMPAIGN_ID) is None for item in now.cut((campaign,)).truths.matched.identified)
        ):
            yield f"rows without an id may be matched otherwise once {label} changes"


# ---------------------------------------------------------------- comparing


class _Compared:
    """Two worlds cut down to the same campaigns, each decided."""

    def __init__(
        self, before: Ground, after: Ground, campaigns: frozenset[str], usual: Usual, built: Built | None
    ) -> None:
        self._before, self._after = before, after
        self._built = built or nothing_known(before.rules)
        #: those that change by themselves, not only because they share something with one that does
        self._campaigns, self._usual = campaigns, usual
        self._was, self._then = _decided(before), _decided(after)

    def impact(self, unsure: tuple[str, ...]) -> Impact:
        said, turns, steps = tuple(self._said()), tuple(self._turns()), tuple(self._steps())
        outlooks = Outlook(self._before, self._was), Outlook(self._after, self._then)
        builds = tuple(Rebuilding(*outlooks, turns, self._built).builds(self._campaigns, self._usual))
        was, then = _flags(self._was), _flags(self._then)
        return Impact(
            self._rules,
            self._before.past.today,
            said,
            turns,
            tuple(self._kept()),
            *self._copies(),
            tuple(it for it in self._then.follows if not it.why and it not in self._was.follows),
            tuple(self._stale()),
            tuple(self._fresh()),
            tuple(flag for name, flag in then.items() if name not in was),
            tuple(flag for name, flag in was.items() if name not in then),
            tuple(flag for name, flag in then.items() if name in was and was[name] != flag),
            steps,
            builds,
            tuple(self._launches(builds)),
            unsure,
        )

    @property
    def _rules(self) -> Rules:
        return self._before.rules

    def _said(self) -> Iterator[Said]:
        """Cell by cell what is said otherwise."""
        before = self._before.truths.matched.of
        for about, item in self._after.truths.matched.of.items():
            was = before.get(about)
            if was is None or was.record is item.record:
                continue
            for name, claim in item.record.claims.items():
                old = was.record.claims.get(name)
                if old is not None and old.parsed != claim.parsed:
                    yield Said(claim.place, item.key, name, self._text(was, name), self._text(item, name))

    def _text(self, item: Identified, name: str) -> str | None:
        value = item.record.value(name)
        return None if value is None else self._rules.fields[name].type.format(value)

    # ------------------------------------------------------------ values of ours

    def _turns(self) -> Iterator[Turn]:
        was, then = _outcomes(self._was), _outcomes(self._then)
        for about in dict.fromkeys((*then, *was)):
            if was.get(about) != then.get(about):
                yield Turn(*about[:3], was.get(about), then.get(about))

    def _kept(self) -> Iterator[Kept]:
        was = {_about(one.outcome): one.waiting for one in _live(self._before)}
        for one in _live(self._after):
            now = one.outcome
            if isinstance(now, Generated) and was.get(_about(now)) != one.waiting:
                yield Kept(now.place, now.record, now.field, now.value, one.waiting)

    # ------------------------------------------------------------ copies and approvals

    def _copies(self) -> tuple[tuple[Copy, ...], tuple[Copy, ...]]:
        """Those that will differ, and those that will not any more."""
        was = {copy.about: copy for copy in self._apart(self._was, self._before)}
        then = {copy.about: copy for copy in self._apart(self._then, self._after)}
        differ = tuple(copy for about, copy in then.items() if about not in was or was[about].should != copy.should)
        return differ, tuple(copy for about, copy in was.items() if about not in then)

    def _apart(self, decided: Decisions, ground: Ground) -> Iterator[Copy]:
        """Cells that people have to correct. What a table is made to say, or a live row keeps, is not theirs to do."""
        follows = {one.put.about for one in decided.follows if not one.why}
        for pair in decided.compared.differing:
            receiver, kind = pair.handoff.receiver, self._rules.fields[pair.field].type
            if (receiver, pair.record, pair.field) not in follows:
                owner = pair.owner_source or pair.handoff.giver
                should = kind.format(pair.owner.value)
                yield Copy(pair.copy.place, pair.record, pair.field, pair.copy.raw, should, owner)
        for flag in decided.flags:
            item = ground.truths.matched.of.get((flag.place.source, flag.record))
            typed = flag.kind is FlagKind.DIFFERENCE and flag.owner == GENERATED and not flag.subject
            if typed and flag.expected is not None and item is not None and not marked_live(item):
                yield Copy(flag.place, flag.record, flag.field, flag.found, flag.expected, GENERATED)

    def _stale(self) -> Iterator[GoesStale]:
        was = {(it.approval.name, it.record, it.field) for one in self._was.approvals for it in one.stale}
        for one in self._then.approvals:
            gone = tuple(it for it in one.stale if (it.approval.name, it.record, it.field) not in was)
            if gone and one.claim is not None:
                yield GoesStale(one.given, one.claim.place.source, one.claim.place, gone)

    def _fresh(self) -> Iterator[tuple[str, str]]:
        stale = {one.given.about for one in self._was.approvals if one.stale}
        yield from (one.given.about for one in self._then.approvals if one.given.about in stale and one.holds)

    # ------------------------------------------------------------ handoffs and windows

    def _steps(self) -> Iterator[Step]:
        was = {one.about: str(one.state) for one in self._was.handed}
        then = {one.about: str(one.state) for one in self._then.handed}
        for (handoff, record), old, new in became(was, then):
            yield Step(handoff, record, old, new)

    def _launches(self, builds: tuple[Build, ...]) -> Iterator[Launch]:
        for campaign in sorted(self._campaigns):
            again = {one.handoff.id: one.usual for one in builds if campaign_of(one.record) == campaign}
            was, day = _first_day(self._before.truths, campaign), _first_day(self._after.truths, campaign)
            if again or was != day:
                unknown = tuple(handoff for handoff, usual in again.items() if usual is None)
                needs = sum((usual for usual in again.values() if usual is not None), timedelta())
                yield Launch(campaign, was, day, needs, unknown)


def _decided(ground: Ground) -> Decisions:
    return decide(ground.compared, ground.truths, ground.past)


def _live(ground: Ground) -> Iterator[Made]:
    """Values that stay because they are live although another one would be made."""
    _, made = values_wanted(ground.compared, ground.truths, ground.past)
    return (one for one in made if one.waiting is not None)


def _flags(decided: Decisions) -> Mapping[str, Flag]:
    """By id; without those that a table which follows puts right in the same run."""
    follows = {one.put.about for one in decided.follows if not one.why}
    return {
        flag.id: flag
        for flag in decided.flags
        if flag.kind is not FlagKind.DIFFERENCE or (flag.place.source, flag.record, flag.field) not in follows
    }


def _outcomes(decided: Decisions) -> Mapping[_AboutValue, Generated | Withheld]:
    generated: dict[_AboutValue, Generated | Withheld] = {_about(one): one for one in decided.generated}
    return generated | {_about(one): one for one in decided.withheld}


def _about(one: Generated | Withheld) -> _AboutValue:
    return one.place, one.record, one.field, one.column


def _first_day(truths: Truths, campaign: str) -> date | None:
    if _FIRST_DAY not in truths.rules.fields:
        return None
    said = truths.of(campaign, _FIRST_DAY)
    value = said.value if isinstance(said, Known) else None
    return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None
