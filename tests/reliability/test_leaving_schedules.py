"""Detach under schedules: people act between its requests, which arrive twice or late; nothing of theirs is lost."""

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from sheetsync.engine.leaving import Left, detach, detach_workbook
from sheetsync.sandbox import GoogleError, RequestRecord
from tests.reliability.acts import ACTS
from tests.reliability.machine import Schedule
from tests.reliability.oracle import PLANNING, TRACKING, Broken, Unsettled
from tests.reliability.story import Trust
from tests.reliability.tally import Tally

LEAVE = settings(
    max_examples=int(os.environ.get("SHEETSYNC_LEAVINGS", "30")),
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)
#: what keeps us out for good is told, and no news
_KEPT_OUT = {"protect_a_range", "protect_ours", "protect_the_tab", "protect_our_tab", "delete_their_tab"}

places = st.tuples(*[st.integers(0, 11)] * 5)
acts = st.tuples(st.sampled_from(sorted(ACTS.keys() - _KEPT_OUT)), places)
#: what a column that was seen a moment ago can be wrong about
_SHIFTS = (
    "insert_columns",
    "insert_a_column_left_of_the_key",
    "delete_a_column",
    "delete_a_column_of_ours",
    "move_a_column",
    "move_a_column_of_ours",
)
planned = st.one_of(
    st.tuples(st.integers(1, 5), st.sampled_from(_SHIFTS), places),
    st.tuples(st.integers(0, 7), st.sampled_from(sorted(ACTS.keys() - _KEPT_OUT)), places),
)


def leave(trust: Trust) -> list[Left]:
    names = [name for name, source in trust.config.rules.sources.items() if source.name != "register"]
    return detach(trust.doors, trust.config.rules, names, dry_run=False)


def leave_briefs(trust: Trust) -> list[Left]:
    """One of two sources in a workbook."""
    return detach(trust.doors, trust.config.rules, ["briefs", "pages"], dry_run=False)


def leave_by_id(trust: Trust) -> list[Left]:
    return [detach_workbook(trust.doors, book, dry_run=False) for book in (PLANNING, TRACKING)]


def quietly(schedule: Schedule) -> None:
    """Nobody acts any more: everything of ours goes, and then there is nothing left to take away."""
    for book in schedule.trust.books:
        schedule.trust.sandbox.share(book, "sheetsync")
        schedule.trust.sandbox.trash(book, trashed=False)
        schedule.oracle.act()
    left: list[Left] = []
    for _ in range(2):
        schedule.system = _noting(leave_by_id, left := [])
        schedule.cycle()
    if any(one.doing or one.trouble for one in left):
        raise Unsettled(f"leaving goes on: {left}")
    for book in schedule.trust.books:
        if found := of_ours(schedule, book):
            raise Unsettled(f"left behind in {book}: {found}")


def _noting(system: Callable[[Trust], list[Left]], into: list[Left]) -> Callable[[Trust], None]:
    return lambda trust: into.extend(system(trust))


def of_ours(schedule: Schedule, book: str) -> list[Any]:
    """Whatever of ours is still there; copies that people made of our tab or our formulas are theirs."""
    export = schedule.trust.sandbox.export(book)
    mine = {tab_id for where, tab_id in schedule.oracle.our_tabs if where == book}
    tabs = [tab["title"] for tab in export["tabs"] if tab["sheet_id"] in mine]
    metadata = [one for one in export["metadata"] if one["key"].startswith(("sheetsync", "oracle"))]
    warnings = [
        one for tab in export["tabs"] for one in tab["protections"] if "sheetsync" in one.get("description", "")
    ]
    return [*tabs, *metadata, *warnings]


class Late:
    """Requests of ours that arrive a second time, at once or after others."""

    def __init__(self, schedule: Schedule, again: dict[int, int]) -> None:
        #: the number of a write -> after how many more of our requests it comes again
        self.schedule, self.again = schedule, again
        self.writes, self.due = 0, list[list[Any]]()

    def __call__(self, record: RequestRecord) -> None:
        if record.path.endswith(":batchUpdate") and record.status == 200:
            self.writes += 1
            if (later := self.again.get(self.writes)) is not None:
                self.due.append([later, record, self.schedule.trust.sandbox.body])
        for one in list(self.due):
            one[0] -= 1
            if one[0] < 0:
                self.due.remove(one)
                self.arrive(one[1], one[2])

    def arrive(self, record: RequestRecord, body: Any) -> None:
        book = record.path.rpartition("/")[2].removesuffix(":batchUpdate")
        self.schedule.log.append(f"    again: {' '.join(dict.fromkeys(record.kinds))}")
        try:
            self.schedule.trust.sandbox.act(book, body["requests"], "sheetsync")
        except GoogleError as error:
            self.schedule.log.append(f"      refused ({error.message})")
        else:
            self.schedule.oracle.request(replace(record, status=200), body)

    def rest(self) -> None:
        for _, record, body in self.due:
            self.arrive(record, body)


class Doubling(Schedule):
    """A schedule in which some writes arrive again."""

    late: Late | None = None

    def _between(self, record: RequestRecord) -> None:
        super()._between(record)
        if self.late is not None and self._broken is None and record.path != "/token":
            try:
                self.late(record)
            except Broken as broken:
                self._broken = broken


def test_whatever_people_do_while_we_leave_nothing_of_theirs_goes_and_nothing_of_ours_stays(story: Trust) -> None:
    @seed(1)
    @LEAVE
    @given(before=st.lists(acts, max_size=3), during=st.lists(planned, max_size=4), after=st.lists(acts, max_size=2))
    def law(before: list[Any], during: list[Any], after: list[Any]) -> None:
        played(Schedule(story, Tally(), begun=True), before, during, after, leave)

    law()


def test_what_arrives_twice_or_late_takes_no_column_of_theirs(story: Trust) -> None:
    @seed(2)
    @LEAVE
    @given(
        before=st.lists(acts, max_size=2),
        during=st.lists(planned, max_size=3),
        after=st.lists(acts, max_size=2),
        again=st.dictionaries(st.integers(1, 4), st.integers(0, 6), max_size=3),
        how=st.sampled_from([leave, leave_briefs, leave_by_id]),
    )
    def law(before: list[Any], during: list[Any], after: list[Any], again: dict[int, int], how: Any) -> None:
        schedule = Doubling(story, Tally(), begun=True)
        schedule.late = Late(schedule, again)
        played(schedule, before, during, after, how)

    law()


def played(schedule: Schedule, before: list[Any], during: list[Any], after: list[Any], how: Any) -> None:
    try:
        for name, where in before:
            schedule.act(name, where)
        schedule.system = _noting(how, [])
        schedule.cycle(*during)
        for name, where in after:
            schedule.act(name, where)
        if isinstance(schedule, Doubling) and schedule.late is not None:
            schedule.late.rest()
            schedule.late = None
        quietly(schedule)
    except BaseException as error:
        error.add_note("\n".join(["what happened:", *schedule.log]))
        raise
