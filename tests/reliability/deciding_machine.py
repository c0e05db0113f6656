"""The schedule machine where people also decide: they act between any two requests, and an oracle looks on."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from sheetsync.core.conflicts import State
from sheetsync.core.flags import FlagKind
from sheetsync.engine.undoing import undo
from sheetsync.engine.world import Run
from sheetsync.sandbox import GoogleError, RequestRecord, email_of
from tests.reliability.acts import ACTS
from tests.reliability.deciding_acts import CHOICES, DECIDING, Decider, words_for
from tests.reliability.deciding_claims import CLAIMABLE, Followed
from tests.reliability.deciding_hearsay import ABOUT, TALKING, answer_a_claim_on_the_command_line, file_one
from tests.reliability.deciding_lines import PEOPLE, SHOWS, Line
from tests.reliability.deciding_oracle import LABELS, DecidingOracle, Unheard
from tests.reliability.deciding_story import OPS, Deciding
from tests.reliability.deciding_watch import Doubled
from tests.reliability.machine import Planned, Schedule, _doing, _in_trouble, _Machine
from tests.reliability.moves import do
from tests.reliability.oracle import PLANNING, Broken, Unsettled
from tests.reliability.story import System, Trust, sheetsync
from tests.reliability.tally import REASONS, Tally

#: what becomes of one of our writes, by the sandbox's own faults
TROUBLES = (("twice", "after"), ("twice-first", "after"), ("reset", "after"), ("reset", "before"), ("cut", "after"))
#: the campaign that is frozen from an hour after the story's beginning on
FREEZING = "TR-03"
#: moves of one campaign's terms that make, change and end conflicts
MOVES = (
    "both move apart",
    "both move apart",
    "the owner moves",
    "the copy moves",
    "the copy moves back",
    "the owner gives in",
    "both move alike",
    "they exchange their values",
    "all as at first",
    "two fields move on two sides",
    "the copies move alike",
    "the offer moves on both sides",
    "the copy is blanked",
    "the copy is a riddle",
    "another spelling",
    "the copy's row goes",
    "the copy's row comes back",
    "the copy's row comes twice",
    "the names move apart",
    "the names move on two sides",
    "the owner moves both names",
)
#: what is done in the sheets of the teams meanwhile
ELSEWHERE = (
    "edit_a_value",
    "edit_a_value",
    "edit_a_value",
    "sort_without_ours",
    "insert_rows",
    "swap_two_keys",
    "delete_our_tab",
    "delete_rows",
    "unshare",
    "share_again",
)


class DecidingSchedule(Schedule):
    """One schedule played in the story in which people decide."""

    trust: Deciding
    oracle: DecidingOracle

    def __init__(self, trust: Deciding, tally: Tally, system: System = sheetsync, *, begun: bool = True) -> None:
        super().__init__(trust, tally, system)
        self.oracle = DecidingOracle(
            trust.sandbox, email_of("sheetsync"), register=trust.register, clock=lambda: trust.clock.at
        )
        trust.sandbox.faults.clear()
        self._killed_with: set[str] = set()
        if begun:
            self._begin()

    def _between(self, record: RequestRecord) -> None:
        filed = len(self.oracle.claims.known)
        super()._between(record)
        self.tally.reached["claim filed between two requests"] += len(self.oracle.claims.known) - filed

    def act(self, name: str, places: tuple[int, ...] = ()) -> None:
        if name not in DECIDING:
            super().act(name, places)
            return
        self._words += 1
        numbers = list(places)
        try:
            DECIDING[name](Decider(self.trust.sandbox, self.oracle, numbers, f"hand{self._words}", trust=self.trust))
        except GoogleError as error:
            self.tally.refused[name] += 1
            self.log.append(f"    {name} {places}: Google refuses ({error.message})")
        else:
            self.tally.acts[name] += 1
            self.log.append(f"    {name} {places}")
        self.oracle.act()

    def move(self, step: str, campaign: int) -> None:
        """What people type into one campaign's terms."""
        self.log.append(f"    {step} (campaign {campaign})")
        self.tally.acts[step] += 1
        try:
            do(self.trust.sandbox, self.oracle, step, campaign)
        except GoogleError as error:
            self.log.append(f"    Google refuses ({error.message})")
        self.oracle.act()

    # ------------------------------------------------------------ runs

    def cycle(self, *planned: Planned) -> Run | None:
        self.oracle.begin()
        run = super().cycle(*planned)
        self._hold_to(run)
        return run

    def killed(self, at: int | str, *planned: Planned) -> bool:
        """A cycle that dies at this of its points, and nobody knows what it has heard."""
        waiting = {one.id for one in self.oracle.lines() if one.typed.get("decision")}
        doing: list[str] = []

        def dying(trust: Trust) -> Run | None:
            assert isinstance(trust, Deciding)
            run, what = trust.killed(at)
            doing.append(what)
            return run

        self.system, system = dying, self.system
        try:
            self.cycle(*planned)
        finally:
            self.system = system
        self.log.append(f"    killed {doing[-1]}" if doing[-1] else "    not killed")
        if doing[-1]:
            self._killed_with = waiting
            self.tally.reached["killed with a decision in the tab"] += bool(waiting)
        return bool(doing[-1])

    def spoilt(self, trouble: tuple[str, str], nth: int, *planned: Planned) -> None:
        """A cycle one of whose writes is served twice, or not answered."""
        kind, when = trouble
        faults = self.trust.sandbox.faults
        self.log.append(f"    {kind} {when} the {nth}. write")
        faults.add(kind, when=when, method="POST", nth=nth, endpoint="BatchUpdateSpreadsheet")
        before = len(self.oracle.taken)
        self.cycle(*planned)
        if hit := sum(one["hit"] for one in faults.scheduled()):
            self.tally.reached["an answer was lost or came twice"] += hit
            taken = len(self.oracle.taken) - before
            self.tally.reached["taken in a run whose answer was lost or came twice"] += taken
        faults.clear()

    def taken_back(self, run: str) -> None:
        """Somebody undoes a run, under the same eyes as any."""

        def undoing(trust: Trust) -> None:
            undo(trust.doors, trust.rules, run)

        self.system, system = undoing, self.system
        try:
            self.cycle()
        finally:
            self.system = system

    def _hold_to(self, run: Run | None) -> None:
        reached = self.tally.reached
        for one in self.oracle.hold_to(self.trust.ledger.all_rulings()):
            reached[f"took {one.verdict.value}"] += 1
            reached["taken after a kill"] += one.matter in self._killed_with
            reached["taken from a team's tab"] += self.oracle.heard.keys() & {
                (OPS, one.matter),
                (PLANNING, one.matter),
            } == {(PLANNING, one.matter)} and not one.how.startswith("on the")
            reached["taken from the command line"] += one.how.startswith("on the command line")
            reached["taken inside a freeze"] += any(
                bool(self.oracle.is_frozen(one.about, LABELS.get(name, ""), one.at)) for name in one.saw_a
            )
            reached["group decided as a whole"] += len(one.holds) > 1
            reached["a yes to a late change"] += one.source == one.giver
        ledger = self.trust.ledger
        memory = ledger.memory() if self.oracle.claims.known else None
        if memory is not None:
            texts = [*memory.baselines.values(), *(it.value for it in memory.published.values())]
            for what in self.oracle.hold_claims(memory.hearsay, texts):
                reached[f"claim {what}"] += 1
        if run is not None:
            self._killed_with = set()

    def _count(self, run: Run | None) -> None:
        reached = self.tally.reached
        reached["cycles"] += 1
        reached["values beside rows"] += self.oracle.values
        self.oracle.values = 0
        reached["lines of a team that say less"] += self.oracle.discreet
        self.oracle.discreet = 0
        apart = [one.typed for one in (run.decided.judged if run is not None else ()) if "two decisions" in one.said]
        reached["refused: two tabs"] += any(
            one.matter == other.matter and "" != one.where != other.where != "" for one in apart for other in apart
        )
        reached["group followed as a whole"] += self.oracle.followed_whole
        self.oracle.followed_whole = 0
        late = run.decided.frost.late if run is not None else ()
        reached["late change waits"] += len(late)
        reached["late since the freeze began"] += any(one.record == FREEZING for one in late)
        for judged in run.decided.judged if run is not None else ():
            if judged.said:
                known = next((name for text, name in REASONS.items() if text in judged.said), "")
                reached[known or "refused: not understood"] += 1

    # ------------------------------------------------------------ what must be so in the end

    def _settled(self, run: Run) -> None:
        super()._settled(run)
        reached = self.tally.reached
        reached["decision lines complete"] += len(self.oracle.lines())
        for one in self.trust.ledger.deciding().conflicts:
            reached["reopened"] += one.episode > 1
            reached["closed by convergence"] += one.state is State.CLOSED and one.said == "both sides say the same"
        if unheard := self.oracle.unheard(_in_trouble(run)):
            raise Unheard(f"not a word about {unheard}")
        flags = [flag.id for flag in run.decided.flags if flag.kind is FlagKind.CONFLICT]
        if OPS in run.readings.workbooks and (gone := self.oracle.without_a_line(flags)):
            raise Doubled(f"no line for {gone}")
        both = {OPS, PLANNING} <= {*run.readings.workbooks} and PLANNING in self.oracle.settled_in(_in_trouble(run))
        if both and (gone := self.oracle.without_a_teams_line()):
            raise Doubled(f"no line in the team's tab for {gone}")

    def decided_in_peace(self, choice: int, at: int, number: int) -> bool:
        """In a settled tab somebody decides, and nobody else acts: it is taken within two runs, then all rests.

        Raises `Unheard`. False where there is nothing to decide, or the tab does not show all of its lines.
        """
        run = self._rested()
        lines = [one for one in self.oracle.lines() if not one.typed and "open" in one.shows.get("State", "")]
        alone = [one for one in lines if sum(it.id == one.id for it in self.oracle.lines()) == 1]
        person = Decider(self.trust.sandbox, self.oracle, [], "", trust=self.trust)
        whole = all(person.under(name) is not None for name in PEOPLE) and run is not None and not run.troubles
        lines = [one for one in alone if set(one.shows) >= set(SHOWS) - {"Link A", "Last agreed", "What follows"}]
        if not lines or not whole:
            return False
        line = lines[at % len(lines)]
        person.say(line.row, decision=CHOICES[choice], by="Dana", **words_for(line, CHOICES[choice], number))
        self.log.append(f"    {CHOICES[choice]} of {line.id}, in peace")
        self.oracle.act()
        for _ in range(2):
            self.cycle()
        self._taken_or_told(line, CHOICES[choice])
        return True

    def claimed_in_peace(self, about: int, at: int, number: int) -> bool:
        """In a settled world something is claimed and answered, and nobody else acts: no value moves. Raises `Broken`.

        False where a sheet cannot be read: what a run finds out later is no claim's doing.
        """
        run = self._rested()
        if run is None or run.troubles:
            return False
        before = self._values()
        person = Decider(self.trust.sandbox, self.oracle, [], "", trust=self.trust)
        label = list(CLAIMABLE)[about % len(CLAIMABLE)]
        file_one(person, ABOUT[at % len(ABOUT)], label, timedelta(hours=24), f"a talk {at}")
        self.log.append(f"    {label} of {ABOUT[at % len(ABOUT)]} is claimed, in peace")
        self.cycle()
        person.numbers = [-1, number]
        answer_a_claim_on_the_command_line(person)
        self._rested()
        after = self._values()
        for what, then in before.items():
            if then != (now := after[what]):
                raise Followed(f"{what} moved because of a claim alone: {then} -> {now}")
        self.tally.reached["a claim alone changed nothing"] += 1
        return True

    def _values(self) -> dict[str, Any]:
        """Everything that a claim must leave as it is."""
        memory = self.trust.ledger.memory()
        published = {about: it.value for about, it in memory.published.items()}
        return {
            "baselines": dict(memory.baselines),
            "published": published,
            "the register": self.oracle.registered(),
            "links": self.oracle.links(),
        }

    def _rested(self) -> Run | None:
        for _ in range(3):
            before = len(self.trust.sandbox.requests)
            run = self.cycle()
            sent = [one for one in list(self.trust.sandbox.requests)[before:] if one.path.endswith(":batchUpdate")]
            if all(self._is_refused_by_people(one) for one in sent):
                return run
        raise Unsettled(f"a third cycle without acts still writes: {_doing(run)}")

    def _taken_or_told(self, line: Line, choice: str) -> None:
        taken = any(matter == line.id for matter, _ in self.oracle.taken)
        now = next((one.shows.get("State", "") for one in self.oracle.lines() if one.id == line.id), "")
        self.tally.reached["applied within two quiet runs"] += taken
        about = line.shows.get("Campaign", ""), line.shows.get("About", "")
        frozen = self.oracle.is_frozen(*about, self.trust.clock.at)
        if frozen and not now.startswith("not applied: "):
            raise Unheard(f"{choice!r} of {line.id} is frozen, and it says {now!r}")
        plain = choice in CHOICES[:2] and frozen is False
        if not taken and (plain or not now.startswith("not applied: ")):
            raise Unheard(f"{choice!r} of {line.id} is not taken: {now!r}")
        before = len(self.trust.sandbox.requests)
        run = self.cycle()
        sent = [one for one in list(self.trust.sandbox.requests)[before:] if one.path.endswith(":batchUpdate")]
        if not all(self._is_refused_by_people(one) for one in sent):
            raise Unsettled(f"a third run after a decision still writes: {_doing(run)}")


class _Guarded(_Machine):
    schedule: DecidingSchedule

    def play(self, part: Callable[[], object]) -> None:
        if self.over:
            return
        try:
            part()
        except BaseException as error:
            self.over = True
            note("\n".join(["what happened:", *self.schedule.log]))
            if isinstance(error, Broken):
                error.add_note("\n".join(self.schedule.log))
            raise


def deciding_machine(
    trust: Deciding, tally: Tally, acts: Sequence[str] = (*sorted(DECIDING), *ELSEWHERE)
) -> type[RuleBasedStateMachine]:
    """A Hypothesis machine that plays schedules in which people decide."""
    chosen = st.sampled_from(acts)
    choosing = st.sampled_from([*list(DECIDING)[:17], *TALKING, "file_a_claim", "file_a_claim"])
    places = st.tuples(*[st.integers(0, 11)] * 5)
    planned = st.lists(st.tuples(st.integers(0, 9), st.one_of(chosen, choosing), places), min_size=1, max_size=4)

    class Machine(_Guarded):
        @initialize(moves=st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 2)), max_size=2))
        def open(self, moves: list[tuple[str, int]]) -> None:
            self.schedule = DecidingSchedule(trust, tally)
            self.over = False
            for step, campaign in moves:
                self.play(lambda step=step, campaign=campaign: self.schedule.move(step, campaign))  # type: ignore[misc]
            self.play(self.schedule.cycle)

        @rule(planned=planned)
        def cycle(self, planned: list[Planned]) -> None:
            self.play(lambda: self.schedule.cycle(*planned))

        @rule(choice=choosing, here=places, step=st.sampled_from(MOVES), campaign=st.integers(0, 2), planned=planned)
        def decide_while_it_moves(
            self, choice: str, here: tuple[int, ...], step: str, campaign: int, planned: list[Planned]
        ) -> None:
            self.play(lambda: self.schedule.act(choice, here))
            self.play(lambda: self.schedule.move(step, campaign))
            self.play(lambda: self.schedule.cycle(*planned))

        @rule(choice=st.integers(0, 5), at=st.integers(0, 11), number=st.integers(0, 1))
        def decide_in_peace(self, choice: int, at: int, number: int) -> None:
            if choice < len(CHOICES):
                self.play(lambda: self.schedule.decided_in_peace(choice, at, number))
            else:
                self.play(lambda: self.schedule.claimed_in_peace(at + number, at, number))

        @rule(choice=choosing, here=places, at=st.integers(0, 220), planned=planned)
        def die(self, choice: str, here: tuple[int, ...], at: int, planned: list[Planned]) -> None:
            self.play(lambda: self.schedule.act(choice, here))
            self.play(lambda: self.schedule.killed(at, *planned))

        @rule(
            choice=choosing,
            here=places,
            trouble=st.sampled_from(TROUBLES),
            nth=st.integers(1, 3),
            planned=planned,
        )
        def trouble(
            self, choice: str, here: tuple[int, ...], trouble: tuple[str, str], nth: int, planned: list[Planned]
        ) -> None:
            self.play(lambda: self.schedule.act(choice, here))
            self.play(lambda: self.schedule.spoilt(trouble, nth, *planned))

        @rule(name=chosen, places=places)
        def act(self, name: str, places: tuple[int, ...]) -> None:
            self.play(lambda: self.schedule.act(name, places))

        @rule(step=st.sampled_from(MOVES), campaign=st.integers(0, 2))
        def move(self, step: str, campaign: int) -> None:
            self.play(lambda: self.schedule.move(step, campaign))

    return Machine


__all__ = ["ACTS", "DecidingSchedule", "deciding_machine"]
