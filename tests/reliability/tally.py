"""What schedules and faults have reached: a machine that never reaches a conflict proves nothing about conflicts."""

import json
from collections import Counter
from dataclasses import dataclass, field

from tests.reliability.lines import REACHED as LINES

#: what every shard must have reached, besides every act
REACHED = (
    "requests",
    "cycles",
    "values beside rows",
    "difference",
    "conflict",
    "duplicate_row",
    "batches refused",
    "workbooks unreachable",
    "sources in trouble",
    "fallen back to the tab",
    "mended in the same run",
    "spills healed",
    "columns inserted anew",
    "columns held",
    "warnings put back",
    "typed into our columns",
    "typed into our tab",
    "recoveries converged",
    "rows complete",
    *LINES,
)

#: what schedules in which people decide must have reached, besides every act of theirs
DECIDED = (
    "requests",
    "cycles",
    "values beside rows",
    "decision lines complete",
    "took keep A",
    "took keep B",
    "took keep last agreed",
    "took custom value",
    "took allowed to differ",
    "RE-DECIDE",
    "no name yet",
    "refused: no choice",
    "refused: no value",
    "refused: not understood",
    "refused: no day",
    "refused: a day that is over",
    "refused: never agreed",
    "refused: two people",
    "refused: two lines",
    "refused: decided already",
    "refused: closed",
    "refused: unknown id",
    "reopened",
    "closed by convergence",
    "taken from the command line",
    "applied within two quiet runs",
    "taken from a team's tab",
    "lines of a team that say less",
    "refused: two tabs",
    "group decided as a whole",
    "group followed as a whole",
    "refused: half a group",
    "late change waits",
    "late since the freeze began",
    "refused: not whom the freeze names",
    "taken inside a freeze",
    "a yes to a late change",
    "claim filed",
    "claim filed between two requests",
    "claim accepted in the tab",
    "claim rejected in the tab",
    "claim accepted on the command line",
    "claim rejected on the command line",
    "claim expired",
    "claim closed by its owner's cell",
    "a claim alone changed nothing",
    "refused: no answer to a claim",
    "killed with a decision in the tab",
    "taken after a kill",
    "an answer was lost or came twice",
    "taken in a run whose answer was lost or came twice",
)

#: what a line says of a decision that does not count -> how it is counted
REASONS = {
    "is none of": "refused: no choice",
    "which value?": "refused: no value",
    "under `until`, ": "refused: no day",
    "is no day": "refused: no day",
    "until when": "refused: no day",
    "is over": "refused: a day that is over",
    "nothing was ever agreed": "refused: never agreed",
    "two decisions": "refused: two people",
    "two lines": "refused: two lines",
    "decided already": "refused: decided already",
    "closed since": "refused: closed",
    "nothing is known": "refused: unknown id",
    "RE-DECIDE": "RE-DECIDE",
    "say under `by`": "no name yet",
    "is no answer to what was said": "refused: no answer to a claim",
    "type all of them": "refused: half a group",
    "may decide this": "refused: not whom the freeze names",
    "cannot both be read": "waits for both sides",
}


@dataclass
class Tally:
    """Counts over schedules; two can be added."""

    schedules: int = 0
    acts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)

    def missing(self, acts: list[str], reached: tuple[str, ...] = REACHED) -> list[str]:
        """What was not reached once; an act that Google refused was tried."""
        return [name for name in acts if not self.acts[name] + self.refused[name]] + [
            name for name in reached if not self.reached[name]
        ]

    def add(self, other: "Tally") -> None:
        self.schedules += other.schedules
        self.acts += other.acts
        self.refused += other.refused
        self.reached += other.reached

    def dumps(self) -> str:
        return json.dumps(
            {"schedules": self.schedules, "acts": self.acts, "refused": self.refused, "reached": self.reached}
        )

    @classmethod
    def loads(cls, text: str) -> "Tally":
        found = json.loads(text)
        return cls(found["schedules"], Counter(found["acts"]), Counter(found["refused"]), Counter(found["reached"]))

    def table(self) -> str:
        """For people: schedules, then each count in a line, acts with how often Google refused them."""
        reached = [f"  {name:<50}{count:>9,}" for name, count in sorted(self.reached.items())]
        acts = [f"  {name:<36}{done:>7,}{self.refused[name]:>9,}" for name, done in sorted(self.acts.items())]
        total = f"{self.schedules:,} schedules, {self.acts.total():,} acts, {self.refused.total():,} refused by Google"
        return "\n".join([total, "", *reached, "", f"  {'act':<36}{'done':>7}{'refused':>9}", *acts])


@dataclass
class Faults:
    """How often each kind of fault really happened, how often all was well after it, and what else came to pass."""

    played: Counter[str] = field(default_factory=Counter)
    recovered: Counter[str] = field(default_factory=Counter)
    besides: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Faults") -> None:
        self.played += other.played
        self.recovered += other.recovered
        self.besides += other.besides

    def dumps(self) -> str:
        return json.dumps({"played": self.played, "recovered": self.recovered, "besides": self.besides})

    @classmethod
    def loads(cls, text: str) -> "Faults":
        found = json.loads(text)
        return cls(Counter(found["played"]), Counter(found["recovered"]), Counter(found["besides"]))

    def table(self) -> str:
        """For people: each kind in a line."""
        kinds = [f"  {kind:<52}{count:>6,}{self.recovered[kind]:>11,}" for kind, count in sorted(self.played.items())]
        besides = [f"  {name:<52}{count:>6,}" for name, count in sorted(self.besides.items())]
        total = f"{self.played.total():,} runs gone wrong in {len(kinds)} ways, {self.recovered.total():,} recovered"
        return "\n".join([total, "", f"  {'kind':<52}{'count':>6}{'recovered':>11}", *kinds, "", *besides])
