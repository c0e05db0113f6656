"""What was foreseen held to what then was decided over everything."""

from collections.abc import Mapping
from typing import Any

from sheetsync.core.consequences import Impact
from sheetsync.core.crossing import crossing
from sheetsync.core.decide import Decisions
from sheetsync.core.flags import Flag, FlagKind, Generated, Withheld
from sheetsync.core.model import Place
from sheetsync.core.readiness import became

About = tuple[Place, str, str, str]


def assert_foreseen(was: Decisions, then: Decisions, foreseen: Impact) -> None:
    """All that is another one, of all campaigns, is what was foreseen, to the letter; and nothing else was."""
    before, after = _values(was), _values(then)
    assert {_about(turn.becomes or turn.was): (turn.was, turn.becomes) for turn in foreseen.turns} == {
        about: (before.get(about), after.get(about))
        for about in before.keys() | after.keys()
        if before.get(about) != after.get(about)
    }
    flags, now = _flags(was), _flags(then)
    assert {flag.id: flag for flag in foreseen.opened} == {name: now[name] for name in now.keys() - flags.keys()}
    assert {flag.id: flag for flag in foreseen.closed} == {name: flags[name] for name in flags.keys() - now.keys()}
    assert {flag.id: flag for flag in foreseen.reworded} == {
        name: now[name] for name in now.keys() & flags.keys() if now[name] != flags[name]
    }
    assert {(it.approval.name, it.record, it.field) for one in foreseen.stale for it in one.fields} == (
        _stale(then) - _stale(was)
    )
    assert {it.put for it in foreseen.follow} == _follows(then) - _follows(was)
    states = {one.about: str(one.state) for one in was.handed}, {one.about: str(one.state) for one in then.handed}
    assert [((it.handoff, it.record), it.old, it.new) for it in foreseen.steps] == list(became(*states))


Old = Mapping[tuple[str, str], Mapping[str, Any]]
"""(handoff, record) -> what its receipt calls old, field by field, with the words; {} where it calls nothing old"""


def assert_rebuilt(was: Old, then: Old, foreseen: Impact) -> None:
    """What is to be built again is what the receipts call old since; but for what does not even count as begun."""
    since = {
        (*about, name): words
        for about, those in then.items()
        for name, words in those.items()
        if was.get(about, {}).get(name) != words
    }
    crosses = {it.id: frozenset(crossing(it, foreseen.rules)) for it in foreseen.rules.handoffs}
    told = {
        (one.handoff.id, one.record, name): words
        for one in foreseen.builds
        for name, words in one.built_from.items()
        if name in crosses[one.handoff.id] and not one.lost
    }
    # One that was not begun before has nothing to do again, whatever it is begun with.
    begun = {about for about in since if about[:2] in was}
    assert told.keys() == begun
    assert all(words in since[about] for about, words in told.items())


def _values(decided: Decisions) -> Mapping[About, Generated | Withheld]:
    made: list[Generated | Withheld] = [*decided.generated, *decided.withheld]
    return {_about(one): one for one in made}


def _about(one: Any) -> About:
    return one.place, one.record, one.field, one.column


def _flags(decided: Decisions) -> Mapping[str, Flag]:
    """Without those that a table which follows its owners puts right in the same run."""
    follow = {put.about for put in _follows(decided)}
    return {
        flag.id: flag
        for flag in decided.flags
        if flag.kind is not FlagKind.DIFFERENCE or (flag.place.source, flag.record, flag.field) not in follow
    }


def _stale(decided: Decisions) -> frozenset[tuple[str, str, str]]:
    return frozenset((it.approval.name, it.record, it.field) for one in decided.approvals for it in one.stale)


def _follows(decided: Decisions) -> frozenset[Any]:
    return frozenset(one.put for one in decided.follows if not one.why)
