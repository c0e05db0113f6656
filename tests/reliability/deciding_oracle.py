"""Who is right where people decide, told by somebody who has never seen the code that judges decisions.

It holds what the ledger says was taken to what people typed beside what they saw, to the freeze, the groups and the
readers of the story's own configuration, and claims to what became of them.
"""

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from sheetsync.sandbox.model import Tab, Workbook
from tests.reliability.deciding_claims import Claims
from tests.reliability.deciding_freeze import END, START, Counted, counted, held, rule_of
from tests.reliability.deciding_groups import Torn, Whole, completed, folded, with_ruling
from tests.reliability.deciding_lines import plain
from tests.reliability.deciding_readers import sides
from tests.reliability.deciding_story import DECIDING
from tests.reliability.deciding_watch import BOOKS, GROUP, Vouched, Watch
from tests.reliability.oracle import PLANNING, SHEETS, Broken, _fold

FREEZE = rule_of(DECIDING / "decisions.yaml")
#: the sentence of a line about a change within a freeze
_IS_LATE = " is frozen "
#: campaigns whose launch comes within a schedule's time, or has come
LAUNCHING = ("TR-01", "TR-02", "TR-03")
LABELS = {"flight_start": START, "flight_end": END, "offer": "Offer"}


class Misheard(Broken):
    """A decision was taken that nobody made, or not as it was made, or twice."""


class Unheard(Broken):
    """A decision that somebody made went by without a word."""


class Thawed(Broken):
    """A frozen word changed although nobody who may has said yes."""


@dataclass
class DecidingOracle(Watch):
    """Watches one schedule in which people also decide."""

    #: (line, run) of every decision that was taken
    taken: set[tuple[str, str]] = field(default_factory=set)
    #: campaign -> its frozen words at the beginning; and what was decided of them since, by field
    counts: dict[str, Counted] = field(default_factory=dict)
    ruled: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    #: campaigns that were frozen from the beginning, and those of which it can be told when they are
    frozen_first: frozenset[str] = frozenset()
    sure: set[str] = field(default_factory=set)
    claims: Claims = field(default_factory=Claims)
    clock: Callable[[], datetime] = lambda: datetime.max.replace(tzinfo=UTC)
    #: campaign -> what people have written together, ever; how often the register has followed that
    wholes: dict[str, set[Whole]] = field(default_factory=dict)
    followed_whole: int = 0
    #: the owner's tab as it was when what it says together was noted last
    _whole_tab: Tab | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.counts:
            self.counts = {one: self._counted(one, None) for one in LAUNCHING}
            now = self.clock()
            self.frozen_first = frozenset(one for one, it in self.counts.items() if it.is_frozen(FREEZE, now))
            self.sure = set(self.counts)
            self.wholes = {str(row["campaign_id"]): {GROUP.registered(row)} for row in self.registered()}

    def twin(self) -> "DecidingOracle":
        """Another that knows the same and goes its own way."""
        known = {one.name: copy(getattr(self, one.name)) for one in fields(self) if one.name != "sandbox"}
        return DecidingOracle(
            self.sandbox, **{name: it for name, it in known.items() if not name.startswith("_")}
        )._like(known)

    def _like(self, known: Mapping[str, Any]) -> "DecidingOracle":
        for name in ("_looked", "_tags", "_register_then", "_noted"):
            setattr(self, name, known[name])
        return self

    def begin(self) -> None:
        super().begin()
        self.claims.in_the_cell = set()

    def _has_read_the_owner(self) -> None:
        self._note_wholes()
        self.claims.read(lambda record, about: self._cell("briefs", about, record, None))
        # A launch that is not frozen yet may move by itself.
        self.sure -= {
            one
            for one in self.sure - self.frozen_first
            if not self._counted(one, self.read).same_launch(self.counts[one])
        }

    # ------------------------------------------------------------ what was taken

    def hold_to(self, rulings: Iterable[Any]) -> list[Any]:
        """After each run: what was taken is what somebody made of what still stands. Raises `Misheard`."""
        there = list(rulings)
        self.taken -= {(one.matter, one.run) for one in there if one.end == "it was taken back"}
        new = [one for one in there if one.end != "it was taken back" and (one.matter, one.run) not in self.taken]
        for one in new:
            if one.matter in self.claims.known:
                raise Misheard(f"{one.matter} is a claim, and was taken as a decision: {dict(one.holds)}")
            if any(matter == one.matter for matter, _ in self.taken):
                raise Misheard(f"{one.matter} was decided twice")
            made = [self.heard[book, one.matter] for book in BOOKS if (book, one.matter) in self.heard]
            made += self.filed.get(one.matter, ())
            self._of_one_mind(one.matter)
            if any(self.is_frozen(one.about, LABELS.get(name, ""), one.at) for name in one.saw_a):
                made = [it for it in made if it.operator in FREEZE.needs]
            why = [self._why_not(it, one) for it in made]
            if all(why):
                raise Misheard(
                    f"{one.matter} {one.verdict.value!r} {dict(one.holds)} by {one.by} was never made: {why}"
                )
            self.taken.add((one.matter, one.run))
            self._rule(one)
        self._none_thawed()
        self._none_torn()
        return new

    # ------------------------------------------------------------ claims

    def hold_claims(self, heard: Iterable[Any], texts: Iterable[str]) -> list[str]:
        """After each run: what has become of claims since; `texts` are values the ledger keeps. Raises `Broken`."""
        if not self.claims.known:
            return []
        became = self.claims.hold_to(heard, self._answered)
        register = (str(value) for row in self.registered() for value in row.values())
        self.claims.followed([*texts, *register, *self.links()])
        return became

    def links(self) -> list[str]:
        """Every generated value that stands beside a row."""
        return sorted(text for sheet in SHEETS for _, name, text in self.shown(sheet) if name == "tracking_url")

    def _answered(self, name: str) -> list[tuple[str, str]]:
        """What stood beside a claim as it was read, if that was said of what still stands."""
        made = [self.heard[book, name] for book in BOOKS if (book, name) in self.heard]
        value = plain(self.claims.known[name].value)
        return [
            (_fold(" ".join(it.typed.get("decision", "").split())), it.typed.get("by", ""))
            for it in made
            if it.said == self._said(it.shows, self.read) and plain(it.shows.get("Value B", "")) == value
        ]

    # ------------------------------------------------------------ what is frozen

    def _counted(self, campaign: str, books: Mapping[str, Workbook] | None) -> Counted:
        return counted(lambda about: self._cell("briefs", about, campaign, books))

    def is_frozen(self, record: str, about: str, at: datetime) -> bool | None:
        """Whether a yes is asked for a change of the owner's word; None where the launch may have moved."""
        campaign = record.partition(" / ")[0]
        if about not in FREEZE.fields or campaign not in self.counts:
            return False
        return self.counts[campaign].is_frozen(FREEZE, at) if campaign in self.sure else None

    def _note_wholes(self) -> None:
        """What the owner's rows say together as a run reads them."""
        tab = self.sandbox.state.workbooks[PLANNING].tab(SHEETS[0].tab_id)
        if tab is self._whole_tab:
            return
        self._whole_tab = tab
        for campaign, known in self.wholes.items():
            cells = [self._texts("briefs", label, campaign) for label in GROUP.labels]
            rows = [tuple(map(folded, row)) for row in zip(*cells, strict=False)]
            if not {*rows} <= known:
                self.wholes = {**self.wholes, campaign: {*known, *completed(rows, known)}}

    def _none_torn(self) -> None:
        """What the register says together somebody wrote together, or decided. Raises `Torn`."""
        then = {row["campaign_id"]: GROUP.registered(row) for row in self._register_then}
        for row in self.registered():
            campaign, whole = row["campaign_id"], GROUP.registered(row)
            if whole not in self.wholes[campaign]:
                raise Torn(f"the register says {whole} of {campaign}, and people wrote {self.wholes[campaign]}")
            self.followed_whole += whole != then.get(campaign)

    def _rule(self, taken: Any) -> None:
        """What was decided counts from now on; with a launch the freeze moves, and nobody can tell here where to."""
        campaign = taken.about.partition(" / ")[0]
        known = self.wholes.get(campaign, set())
        self.wholes = {**self.wholes, campaign: {*known, *with_ruling(known, GROUP.fields, taken.holds)}}
        for name, text in taken.holds.items():
            self.ruled = {**self.ruled, campaign: {**self.ruled.get(campaign, {})}}
            about = LABELS.get(name, "")
            before = self.ruled[campaign].get(about, set())
            self.ruled[campaign][about] = {*before, plain(text)}
            self.claims.free |= {it.value for it in self.claims.known.values() if plain(it.value) == plain(text)}
            if about == START or (about == END and text <= str(taken.at.date())):
                self.sure.discard(campaign)

    def _none_thawed(self) -> None:
        """What was frozen from the beginning is in the register as it counts. Raises `Thawed`."""
        for row in self.registered():
            campaign = str(row["campaign_id"])
            if campaign in self.sure & self.frozen_first:
                said = held(row, self.counts[campaign], self.ruled.get(campaign, {}), plain)
                if said:
                    raise Thawed(f"the register says {said} for {campaign}")

    def _of_one_mind(self, matter: str) -> None:
        """Nothing is taken about which two tabs say different things, each by what still stands."""
        made = [self.heard[book, matter] for book in BOOKS if (book, matter) in self.heard]
        said = [it for it in made if it.said == self._said(it.shows, self.read) and it.typed.get("by")]
        chosen = {_fold(" ".join(it.typed.get("decision", "").split())) for it in said} & {"keep a", "keep b"}
        if len(chosen) > 1:
            raise Misheard(f"{matter} was taken, and two tabs say {sorted(chosen)}")

    def _why_not(self, made: Vouched, taken: Any) -> str:
        """Why what was taken is not this decision; empty where it is."""
        chosen = " ".join(made.typed.get("decision", "").replace("until …", "").split()).casefold()
        if chosen != _fold(taken.verdict.value) or made.typed.get("by", "") != taken.by.strip("'\"‘’“”"):
            return f"{made.typed} was made"
        now = self._said(made.shows, self.read)
        if now != made.said:
            return f"A and B said {made.said} and say {now}"
        about, holds = made.shows.get("About", ""), " ".join(taken.holds.values())
        should = {
            "keep a": made.shows.get("Value A"),
            "keep b": made.shows.get("Value B"),
            "keep last agreed": made.shows.get("Last agreed"),
            "custom value": plain(GROUP.custom(about, made.typed.get("custom value", ""))),
            "allowed to differ": "",
        }[chosen]
        if chosen.startswith("keep"):
            should = " ".join(GROUP.values(about, should or ""))
        if plain(holds) != plain(should or ""):
            return f"{should!r} was chosen"
        if chosen == "allowed to differ" and str(taken.until) != plain(made.typed.get("until", "")):
            return f"until {made.typed.get('until')!r} was typed"
        shown = [made.shows.get("Value A", ""), made.shows.get("Value B", "")]
        if _IS_LATE in made.shows.get("Rule", ""):
            campaign = made.shows.get("Campaign", "")
            counts = {plain(self.counts[campaign].words[about]), *self.ruled.get(campaign, {}).get(about, ())}
            if campaign in self.frozen_first and plain(shown[1]) not in counts:
                return f"the line showed {shown[1]!r} where {counts} counted"
            shown.pop()
        # Who has deleted our column with the rule decides by what the others show.
        for side, text in zip(reversed(made.said), shown, strict=False):
            if any(plain(it) not in side for it in GROUP.values(about, text)):
                return f"the line showed {text!r} where the cell said {side}"
        return ""

    # ------------------------------------------------------------ when all is quiet

    def unheard(self, left_alone: set[str]) -> list[str]:
        """Lines that say they are open although somebody has decided there: not a word about that."""
        return [
            f"{line.id}: {dict(line.typed)}"
            for book in self.settled_in(left_alone)
            for line in self.lines(book)
            if line.typed.get("decision") and line.shows.get("State", "").startswith(("open", "pending"))
        ]

    def without_a_line(self, flags: Iterable[str]) -> list[str]:
        """Conflicts and claims that nobody can decide about in the tab."""
        standing = {line.id.partition(".")[0] for line in self.lines()}
        return sorted({*flags, *self.claims.waiting(self.clock())} - standing)

    def without_a_teams_line(self) -> list[str]:
        """What is open in the ops workbook, is about the team's own sheet, and that it cannot decide about."""
        standing = {line.id for line in self.lines(PLANNING)}
        waiting = (line for line in self.lines() if line.shows.get("State", "").startswith(("open", "pending")))
        about = {it.id for it in waiting if "briefs" in sides(it.shows.get("Rule", "")) or it.id in self.claims.known}
        return sorted(about - standing)
