"""Conflicts as the ledger remembers them, and a decision about one at the command line. No sheet is read for it.

A decision is filed, and the next run judges it like one that was typed in a decisions tab. What can be said at once is
said at once, by the same judge; what only fresh sheets can tell, by that run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from functools import cached_property

from sheetsync.core.campaigns import as_recorded
from sheetsync.core.conflicts import OPEN_STATES, Conflict, State, known_as
from sheetsync.core.disputes import Dispute, Side
from sheetsync.core.flags import FlagKind
from sheetsync.core.graph import Rules
from sheetsync.core.judging import Court, judge
from sheetsync.core.model import Place
from sheetsync.core.rulings import Ruling
from sheetsync.core.terms import Contract, Severity
from sheetsync.core.truth import subject
from sheetsync.core.typed import Typed
from sheetsync.engine.asking import Desk
from sheetsync.engine.world import RUN
from sheetsync.errors import UsageError
from sheetsync.ports import Filed, Heard, Ledger, Memory, Observation, OpenFlag

#: what people may type for one decision; the ledger keeps it as it is
_LONGEST = 2_000
#: the judge speaks of a tab's columns, and at the command line there are options
_OPTIONS = {"under `until`, ": "--until: ", "under `custom value`": "(--value)", "under `until`": "(--until)"}
_LIST = "`sheetsync conflicts list` says what is open."


@dataclass(frozen=True)
class Choice:
    """What an operator says: one of `core.matters.CHOICES`, and what goes with it."""

    decision: str
    custom: str = ""
    until: str = ""
    why: str = ""
    #: the version that was looked at; empty for the one there is now
    seen: str = ""


@dataclass(frozen=True)
class Case:
    """Two sides that say different things, or did, and how far people are with it."""

    #: what people type for it: a conflict's with its episode, else the flag's
    id: str
    dispute: Dispute
    since: datetime
    #: None for a difference that is no conflict: its owner's word counts until somebody decides otherwise
    conflict: Conflict | None = None
    #: the newest decision about it, also one that has come to its end
    ruling: Ruling | None = None
    #: waits for the next run
    filed: Filed | None = None
    #: what was typed last and did not count, if nothing has counted since
    refused: Heard | None = None
    #: of both sides; empty where there is nothing to decide
    version: str = ""

    @property
    def state(self) -> State:
        if self.conflict is not None:
            return self.conflict.state
        return State.DECIDED if self.ruling is not None and self.ruling.end is None else State.OPEN

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


@dataclass(frozen=True)
class Docket:
    """Everything people may decide about or have decided, as the ledger remembers it."""

    rules: Rules
    memory: Memory
    flags: Sequence[OpenFlag]
    rulings: Sequence[Ruling]
    heard: Sequence[Heard]

    @classmethod
    def by(cls, ledger: Ledger, rules: Rules) -> "Docket":
        """What there is by what a ledger remembers."""
        return cls(rules, ledger.memory(), ledger.open_flags(), ledger.all_rulings(), ledger.heard())

    @cached_property
    def conflicts(self) -> tuple[Case, ...]:
        """Every episode of every conflict, the newest first."""
        ordered = sorted(self.memory.deciding.conflicts, key=lambda it: it.since, reverse=True)
        return tuple(self._case(it.id, it.dispute, it.since, it) for it in ordered)

    @cached_property
    def differences(self) -> tuple[Case, ...]:
        """Copies that differ from an owner whose word counts, worst first: they can be decided about, and need not."""
        known = {one.flag for one in self.memory.deciding.conflicts}
        found = ((flag, self._difference(flag)) for flag in self.flags if flag.id not in known)
        return tuple(self._case(flag.id, dispute, flag.since, None) for flag, dispute in found if dispute is not None)

    def find(self, name: str) -> Case | None:
        """What a person means: one episode by its own id, the newest one by the id that stands in a sheet."""
        wanted = fold_id(name)
        newest = max((it for it in self.memory.deciding.conflicts if it.flag == wanted), key=_episode, default=None)
        exact = wanted if newest is None else newest.id
        return next((it for it in (*self.conflicts, *self.differences) if it.id == exact), None)

    def case(self, name: str) -> Case:
        """The same. Raises `UsageError` where there is none."""
        if (found := self.find(name)) is not None:
            return found
        wanted = fold_id(name)
        if flag := next((one for one in self.flags if one.id == wanted), None):
            raise UsageError(
                f"{wanted} is a flag of kind {flag.kind}: there are no two sides to choose from.",
                f"`sheetsync conflicts show {wanted}` says what to do.",
            )
        near = get_close_matches(wanted, [it.id for it in (*self.conflicts, *self.differences)], 1)
        raise UsageError(
            f"nothing that can be decided has the id {wanted!r}.", f"Did you mean {near[0]}?" if near else _LIST
        )

    def court(self, now: datetime) -> Court:
        """The judge of the next run, by what the last one saw."""
        cases = [it for it in (*self.conflicts, *self.differences) if it.version]
        return Court(
            self.rules,
            known_as(self.memory.deciding.conflicts),
            {it.dispute.id: it.dispute for it in cases},
            {it.matter: it for it in self.memory.deciding.rulings},
            lambda *about: self.memory.says(about),
            self.memory.installation,
            now,
            "",
        )

    def seen(self, source: str, record: str, name: str) -> Observation | None:
        """A cell as it was last seen."""
        return self.memory.observations.get((source, record, name))

    def ruled(self, dispute: Dispute) -> Ruling | None:
        """The decision in force about this very copy, whichever of its flags it was made under."""
        about = (dispute.b.source, dispute.record)
        those = (it for it in self.memory.deciding.rulings if (it.source, it.record) == about)
        return next((it for it in those if not it.saw_b.keys().isdisjoint(dispute.fields)), None)

    def _case(self, name: str, dispute: Dispute, since: datetime, conflict: Conflict | None) -> Case:
        ruling = next((it for it in reversed(self.rulings) if it.matter == name), None)
        heard = next((it for it in reversed(self.heard) if it.matter == name), None)
        is_open = conflict is None or conflict.is_open
        return Case(
            name,
            dispute,
            since,
            conflict,
            ruling,
            next((it for it in self.memory.deciding.filed if it.typed.matter == name), None),
            heard if heard is not None and heard.refused else None,
            dispute.version(self.memory.installation) if is_open else "",
        )

    def _difference(self, flag: OpenFlag) -> Dispute | None:
        """A flag as the dispute it was raised for. The sides are its own, so their version is the one the run had."""
        told, rules = flag.document, self.rules
        source, name, owner = str(told["source"]), str(told["field"]), rules.owners.get(str(told["field"]))
        handoff = rules.handoff_into(source, name)
        if flag.kind != FlagKind.DIFFERENCE or owner in (None, source) or told["owner"] != owner:
            return None
        if handoff is None or handoff.contract_id(name) != told["contract"]:
            return None
        record = as_recorded(str(told["record"]), self.memory.proposed_ids)
        seen, agreed = self.seen(source, record, name), self.memory.baselines.get((source, record, name))
        if handoff.contracts[name] is not Contract.EQUAL or seen is None or seen.value is None:
            return None
        about = subject(record, rules.fields[name])
        there = self.seen(owner, about, name)
        return Dispute(
            flag.id,
            FlagKind.DIFFERENCE,
            record,
            about,
            name,
            "",
            Side(
                owner, there.place if there is not None else Place(owner, "", "", None), {name: str(told["expected"])}
            ),
            Side(source, seen.place, {name: seen.value}),
            {} if agreed is None else {name: agreed},
            (str(told["contract"]),),
            Severity(str(told["severity"])),
        )


def fold_id(name: str) -> str:
    """An id as it stands in a sheet, with or without its brackets, in any case."""
    bare = name.strip().strip("[]").strip()
    return "ss-" + (bare[3:] if bare[:3].casefold() == "ss-" else bare).upper()


def _episode(conflict: Conflict) -> int:
    return conflict.episode


# ---------------------------------------------------------------- deciding


@dataclass(frozen=True)
class Resolved:
    """A decision that waits for the next run."""

    case: Case
    filed: Filed
    #: what it comes to, if both sides are still what they were
    ruling: Ruling
    #: it was filed before, word for word
    again: bool = False


def resolve(desk: Desk, rules: Rules, name: str, choice: Choice, operator: str) -> Resolved:
    """File what an operator decides; a run that is under way does not hear it, the next one does.

    Raises `UsageError` where it is known already that it cannot count: an unknown id, closed or decided already,
    another version than was looked at, a value nobody understands, a day that is over, or another decision that waits.
    """
    now = desk.clock.now()
    docket = Docket.by(desk.ledger, rules)
    case = docket.case(name)
    typed = _typed(case, choice, operator)
    ruling = _judged(docket, case, typed, now)
    filed = case.filed or desk.ledger.file(typed, now)
    if filed.typed != typed:
        raise UsageError(
            f"{case.id}: {filed.typed.by} has decided {in_words(filed.typed)} at {filed.at:%Y-%m-%d %H:%MZ}, and that "
            "waits for the next run.",
            f"Run `sheetsync reconcile`, or `sheetsync conflicts resolve {case.id} --withdraw`.",
        )
    return Resolved(case, filed, ruling, filed.at != now)


def withdraw(desk: Desk, rules: Rules, name: str, operator: str) -> Filed:
    """Take back what waits for the next run; it stays on record.

    Raises `UsageError` where nothing waits, or a run that was cut off may have written it; `LockHeld` during a run.
    """
    with desk.leases.hold(RUN):
        docket = Docket.by(desk.ledger, rules)
        case = docket.case(name)
        if case.filed is None:
            taken = docket.ruled(case.dispute)
            raise UsageError(
                f"{case.id}: no decision waits for the next run.",
                f"`sheetsync undo {taken.run}` takes back what was decided." if taken is not None else _LIST,
            )
        if desk.ledger.unfinished():
            raise UsageError(
                f"{case.id}: a run that was cut off may have heard this decision.",
                "`sheetsync reconcile` settles that, and `sheetsync undo last` takes back what it decides.",
            )
        desk.ledger.unfile(case.filed, f"withdrawn by {operator} at {desk.clock.now():%Y-%m-%d %H:%MZ}")
        return case.filed


def in_words(typed: Typed) -> str:
    """What was decided, in a part of a sentence."""
    what = typed.decision.removesuffix(" until …")
    if typed.custom:
        return f"{what} ({typed.custom})"
    return f"{what} until {typed.until}" if typed.until else what


def _typed(case: Case, choice: Choice, operator: str) -> Typed:
    for option, text in (("--value", choice.custom), ("--why", choice.why)):
        if len(text) > _LONGEST:
            raise UsageError(f"{option} is longer than {_LONGEST} characters.", "Say it shorter.")
    saw = choice.seen.strip().upper() or case.version
    return Typed(
        case.id,
        "",
        choice.decision,
        choice.custom.strip(),
        choice.until.strip(),
        operator,
        choice.why.strip(),
        saw,
        operator=operator,
    )


def _judged(docket: Docket, case: Case, typed: Typed, now: datetime) -> Ruling:
    """What the next run makes of it, by what is known now. Raises `UsageError` where it is nothing."""
    show = f"`sheetsync conflicts show {case.id}` shows both sides."
    ruled = docket.ruled(case.dispute)
    if ruled is not None and ruled.matter != case.id:
        raise UsageError(
            f"{case.id}: it is decided already, in {ruled.matter} ({ruled.verdict.value} by {ruled.by}).",
            f"`sheetsync undo {ruled.run}` takes that back.",
        )
    if case.version and typed.saw != case.version:
        raise UsageError(f"{case.id}: A or B has changed since version {typed.saw}; now it is {case.version}.", show)
    [judged] = judge([typed], docket.court(now))
    if judged.ruling is None:
        raise UsageError(f"{case.id}: {_at_the_command_line(judged.said)}.", show)
    return judged.ruling


def _at_the_command_line(said: str) -> str:
    for column, option in _OPTIONS.items():
        said = said.replace(column, option)
    return said.removeprefix("not applied: ")
