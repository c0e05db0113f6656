"""The schedule machine: people act between any two requests of ours, and an oracle looks on."""

from collections import deque
from collections.abc import Callable, Sequence

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from sheetsync.core.changes import HoldColumn, InsertColumns, WarnAtHeader
from sheetsync.core.managed import OUR_TAB_ID
from sheetsync.engine.world import Run, Written
from sheetsync.sandbox import GoogleError, RequestRecord, email_of
from tests.reliability.acts import ACTS, Person
from tests.reliability.lines import Lines
from tests.reliability.moves import RECONFIGURED, RESTORED, SCRIPTS, do
from tests.reliability.oracle import Broken, Lost, Oracle, Unsettled
from tests.reliability.story import System, Trust, sheetsync
from tests.reliability.tally import Tally

Planned = tuple[int, str, tuple[int, ...]]
"""(how many requests of ours come first, name of the act, numbers that say where)."""


#: what makes us write into a column of ours that stands there already
MENDED = (
    "type_into_ours",
    "type_over_our_header",
    "clear_our_header",
    "freeze_our_values",
    "cut_our_header_away",
    "delete_the_header_row",
    "copy_a_row",
    "unprotect",
)
#: what takes that column away from where we saw it
SHIFTED = (
    "insert_columns",
    "insert_a_column_inside_ours",
    "delete_a_column",
    "delete_a_column_of_ours",
    "move_a_column",
    "move_a_column_of_ours",
)


class Schedule:
    """One schedule played: cycles of a system, with people acting before, between and after its requests."""

    def __init__(self, trust: Trust, tally: Tally, system: System = sheetsync, *, begun: bool = False) -> None:
        """The story from its beginning, or (`begun`) from the end of the system's first cycle."""
        trust.again("untouched")
        tally.schedules += 1
        self.trust, self.tally, self.system = trust, tally, system
        self.oracle = Oracle(trust.sandbox, email_of("sheetsync"))
        self.log: list[str] = []
        self._words = 0
        self.lines = Lines()
        self._planned: deque[Planned] = deque()
        self._broken: Broken | None = None
        self._sent = 0
        if begun:
            self._begin()

    def _begin(self) -> None:
        name = f"after {self.system.__name__}"
        if name not in self.trust.moments:
            self.cycle()
            self.trust.keep(name, self.oracle)
        self.oracle = self.trust.again(name).twin()
        self.lines = Lines()
        self.log = ["  (after the first cycle)"]

    def act(self, name: str, places: tuple[int, ...] = ()) -> None:
        """One act of a person. Raises `Broken` where it shows a promise broken."""
        self._words += 1
        try:
            ACTS[name](Person(self.trust.sandbox, self.oracle, list(places), f"hand{self._words}"))
        except GoogleError as error:
            self.tally.refused[name] += 1
            self.log.append(f"    {name} {places}: Google refuses ({error.message})")
        else:
            self.tally.acts[name] += 1
            self.log.append(f"    {name} {places}")
        self.oracle.act()

    def script(self, steps: Sequence[str], campaign: int, *planned: Planned) -> None:
        """What people type into one campaign's terms, step by step, with a cycle after each; acts come meanwhile."""
        for step in steps:
            self.log.append(f"    {step} (campaign {campaign})")
            self.tally.acts[step] += 1
            if step == RESTORED:
                self.trust.rules = self.trust.config.rules
                continue
            if step in RECONFIGURED:
                self.trust.rules = RECONFIGURED[step](self.trust.rules)
                continue
            try:
                do(self.trust.sandbox, self.oracle, step, campaign)
            except GoogleError as error:
                self.log.append(f"    Google refuses ({error.message})")
            self.oracle.act()
            self.cycle(*planned)

    def cycle(self, *planned: Planned) -> Run | None:
        """One cycle of the system, with these acts between its requests; those that come too late come after it."""
        self.log.append("  cycle")
        self._planned, self._sent = deque(sorted(planned, key=lambda one: one[0])), 0
        self._act_up_to(0)
        self.trust.sandbox.between = self._between
        try:
            run = self.system(self.trust)
        finally:
            self.trust.sandbox.between = None
        if self._broken is not None:
            raise self._broken
        self._act_up_to(None)
        self._count(run)
        return run

    def _between(self, record: RequestRecord) -> None:
        """On the server's thread: what is broken must not become an answer, or it would only be retried."""
        if self._broken is not None or record.path == "/token":
            return
        self._sent += 1
        what = " ".join(dict.fromkeys(record.kinds))
        self.log.append(f"    {record.method} {record.path.rpartition('/')[2][:9]} {record.status} {what}")
        self.tally.reached["requests"] += 1
        self.tally.reached["batches refused"] += record.status == 400
        try:
            self.oracle.request(record, self.trust.sandbox.body)
            self._act_up_to(self._sent)
        except Broken as broken:
            self._broken = broken

    def _act_up_to(self, sent: int | None) -> None:
        while self._planned and (sent is None or self._planned[0][0] <= sent):
            _, name, places = self._planned.popleft()
            self.act(name, places)

    def quiet(self) -> None:
        """Nobody acts any more: two cycles settle everything, a third writes nothing. Raises `Broken`.

        What Google refuses because people have closed our tab to us is no write; it is asked for again and told again.
        """
        for book in self.trust.books:
            self.trust.sandbox.share(book, "sheetsync")
            self.oracle.act()
        for _ in range(3):
            before = len(self.trust.sandbox.requests)
            run = self.cycle()
            sent = [one for one in list(self.trust.sandbox.requests)[before:] if one.path.endswith(":batchUpdate")]
            if all(self._is_refused_by_people(one) for one in sent):
                break
        else:
            raise Unsettled(f"a third cycle without acts still writes: {_doing(run)}")
        if run is not None:
            self._settled(run)

    def _settled(self, run: Run) -> None:
        if any(write.wrong for write in run.written):
            raise Unsettled(f"exit code {run.exit_code}: {[write.wrong for write in run.written]}")
        if unfinished := self.trust.ledger.unfinished():
            raise Unsettled(f"the journal is still open: {unfinished}")
        troubled = _in_trouble(run)
        if astray := self.oracle.astray(troubled):
            raise Unsettled(f"warnings of ours stand on columns of theirs: {astray}")
        rows = self.oracle.complete(troubled | run.unfit.keys())
        self.tally.reached["rows complete"] += rows
        self.tally.reached["recoveries converged"] += bool(rows)
        told = [text for event in self.trust.ledger.history() for text in (event.raw, event.new or "", event.old or "")]
        lost = self.oracle.lost(told, self.oracle.seen) + self.oracle.lost(told, self.oracle.seen_in_our_tab)
        if lost:
            raise Lost(f"seen in our columns or our tab and gone without a trace: {lost}")

    def _is_refused_by_people(self, sent: RequestRecord) -> bool:
        book = sent.path.rpartition("/")[2].removesuffix(":batchUpdate")
        return sent.status == 400 and self.oracle.is_closed(book)

    def _count(self, run: Run | None) -> None:
        reached = self.tally.reached
        reached["cycles"] += 1
        reached["values beside rows"] += self.oracle.values
        self.oracle.values = 0
        if run is None:
            return
        for flag in run.decided.flags:
            reached[str(flag.kind)] += 1
        for number in self.lines.of(run):
            reached[f"line {number:02d}"] += 1
        reached["sources in trouble"] += len(run.troubles)
        reached["workbooks unreachable"] += len(self.trust.books) - len(run.readings.workbooks)
        reached["fallen back to the tab"] += len(run.unfit)
        for write in run.written:
            reached["mended in the same run"] += write.first is not None and write.verified
            for one in write.rounds:
                self._count_write(one)

    def _count_write(self, write: Written) -> None:
        batch, reached = write.plan.batch, self.tally.reached
        kinds = {type(change) for change in (batch.changes if batch else ())}
        reached["columns held"] += HoldColumn in kinds
        reached["warnings put back"] += WarnAtHeader in kinds and InsertColumns not in kinds
        reached["columns inserted anew"] += InsertColumns in kinds and write.verified
        reached["spills healed"] += bool(write.plan.overtyped) and write.verified
        in_tab = [event.place is not None and event.place.tab_id == OUR_TAB_ID for event in write.typed.events]
        reached["typed into our tab"] += sum(in_tab)
        reached["typed into our columns"] += len(in_tab) - sum(in_tab)


def _doing(run: Run | None) -> object:
    return [(write.plan.desired.title, write.plan.doing, str(write.trouble)) for write in run.written] if run else ""


def _in_trouble(run: Run) -> set[str]:
    """Sources in trouble, and those that share a workbook with one."""
    troubled = {trouble.source for trouble in run.troubles}
    rules = run.readings.rules
    books = {source.location for name, source in rules.sources.items() if name in troubled}
    return {
        source.name
        for location in books
        if (spreadsheet := getattr(location, "spreadsheet", None)) is not None
        for source in rules.tabs_of(spreadsheet)
    }


class _Machine(RuleBasedStateMachine):
    """What every machine does with a schedule."""

    schedule: Schedule
    #: broken, or never begun: nothing more is played
    over = True

    def teardown(self) -> None:
        if not self.over:
            self.play(self.schedule.quiet)

    def play(self, part: Callable[[], object]) -> None:
        """Play a part of the schedule; if it fails, say all that happened."""
        if self.over:
            return
        try:
            part()
        except BaseException:
            self.over = True
            note("\n".join(["what happened:", *self.schedule.log]))
            raise


def machine(
    trust: Trust, tally: Tally, system: System = sheetsync, acts: Sequence[str] = tuple(sorted(ACTS))
) -> type[RuleBasedStateMachine]:
    """A Hypothesis machine that plays schedules of these acts against a system."""
    chosen = st.sampled_from(acts)
    mended = st.sampled_from([name for name in MENDED if name in acts] or acts)
    shifted = st.sampled_from([name for name in SHIFTED if name in acts] or acts)
    places = st.tuples(*[st.integers(0, 11)] * 5)

    class Machine(_Machine):
        @initialize(begun=st.booleans())
        def open(self, begun: bool) -> None:
            self.schedule = Schedule(trust, tally, system, begun=begun)
            self.over = False

        @rule(planned=st.lists(st.tuples(st.integers(0, 7), chosen, places), min_size=1, max_size=5))
        def cycle(self, planned: list[Planned]) -> None:
            self.play(lambda: self.schedule.cycle(*planned))

        @rule(first=mended, then=shifted, at=st.integers(1, 3), here=places, there=places)
        def mend(self, first: str, then: str, at: int, here: tuple[int, ...], there: tuple[int, ...]) -> None:
            """The most dangerous moment is rare by chance: columns move in a tab where we are about to repair one."""
            self.play(lambda: self.schedule.act(first, here))
            self.play(lambda: self.schedule.cycle((at, then, (here[0], *there[1:]))))

        @precondition(lambda _: len(acts) == len(ACTS))
        @rule(
            steps=st.sampled_from(SCRIPTS), campaign=st.integers(0, 1), at=st.integers(0, 7), name=chosen, here=places
        )
        def move(self, steps: tuple[str, ...], campaign: int, at: int, name: str, here: tuple[int, ...]) -> None:
            """Owner and copies move one campaign's terms, as a line of the table says; somebody acts in the midst."""
            self.play(lambda: self.schedule.script(steps, campaign, *([(at, name, here)] if campaign else [])))

        @rule(name=chosen, places=places)
        def act(self, name: str, places: tuple[int, ...]) -> None:
            self.play(lambda: self.schedule.act(name, places))

    return Machine
