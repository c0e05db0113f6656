"""Rows whose campaign a person must tell, and what becomes of their answers. From memory: no sheet is read for it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from functools import cached_property
from itertools import chain

from sheetsync.core.answers import Answer, Answers, Said, Verdict, in_words, says_of_itself
from sheetsync.core.campaigns import fold_key, registrars
from sheetsync.core.flags import FlagKind
from sheetsync.core.graph import Rules
from sheetsync.core.match import Identified, Matched, Unmatched, match
from sheetsync.engine.reading import remembered
from sheetsync.engine.world import RUN
from sheetsync.errors import UsageError
from sheetsync.ports import Clock, Leases, Ledger, Memory, OpenFlag

#: the flags in which it is asked which campaign a row means
_ASKING = (FlagKind.NEAR_MISS_ID, FlagKind.ORPHAN_ROW, FlagKind.AMBIGUOUS)
_LIST = "`sheetsync match list` says what is asked, and what was answered."


@dataclass(frozen=True)
class Desk:
    """Where answers are taken: our own memory, its lock, and the time."""

    ledger: Ledger
    leases: Leases
    clock: Clock


@dataclass(frozen=True)
class Question:
    """Rows of one source that say the same of themselves, and belong to no campaign that could be told."""

    source: str
    #: what they say of themselves, folded
    row: str
    #: the same as people wrote it
    words: str
    items: tuple[Unmatched, ...]

    @property
    def name(self) -> str:
        """What people type for it."""
        return f"{self.source}:{self.words}"

    @property
    def candidates(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(it.campaign for item in self.items for it in item.proposals))


@dataclass(frozen=True)
class Counting:
    """What counts of one row by now, since when and by whom; `but` says why it has no effect, where it has none."""

    source: str
    row: str
    words: str
    said: Said
    by: str
    at: datetime
    but: str = ""

    @property
    def name(self) -> str:
        return f"{self.source}:{self.words}"


@dataclass(frozen=True)
class Asked:
    """All rows as last seen, looked up again among the campaigns as last seen, with every answer there is by now."""

    rules: Rules
    memory: Memory
    flags: Sequence[OpenFlag] = ()

    @classmethod
    def by(cls, ledger: Ledger, rules: Rules) -> "Asked":
        """What is asked by what a ledger remembers."""
        return cls(rules, ledger.memory(), ledger.open_flags())

    @cached_property
    def matched(self) -> Matched:
        seen = [it for name in self.rules.sources if (it := remembered(name, self.memory, self.rules)) is not None]
        answers = Answers.of(self.memory.answers)
        return match(seen, self.rules, self.memory.proposed_ids, self.memory.highest_number, answers)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Everything that is asked, in the order of the sources and then of the rows."""
        known = {*self.memory.observations.sources, *self.memory.accepted}
        if not registrars(self.rules) <= known:
            return ()  # which campaigns there are, nobody could look up
        together: defaultdict[tuple[str, str], list[Unmatched]] = defaultdict(list)
        for item in self.matched.unmatched:
            if (row := says_of_itself(item.record, self.rules)) is not None:
                together[item.record.source, row].append(item)
        asked = (self._question(*about, items) for about, items in together.items())
        order = list(self.rules.sources)
        return tuple(sorted(asked, key=lambda it: (order.index(it.source), it.items[0].record.place.row or 0, it.row)))

    @cached_property
    def counting(self) -> tuple[Counting, ...]:
        """Every answer that stands, in the order in which the last word on each row was said."""
        last = {(one.source, one.row): one for one in self.memory.answers}
        said = Answers.of(self.memory.answers).said
        standing = (self._counting(one, said[about]) for about, one in last.items() if about in said)
        return tuple(sorted(standing, key=lambda it: (it.at, it.name)))

    def question(self, name: str) -> Question:
        """The rows a person means: by source and words, words alone, or a flag's id. Raises `UsageError`."""
        found = [it for it in self.questions if _means(name, it.source, it.words) or name in self.flag_ids(it)]
        if len(found) > 1:
            sources = " and ".join(it.source for it in found)
            raise UsageError(f"{name!r} is asked about in {sources}.", f"Say which: `{found[0].name}`.")
        if not found:
            near = get_close_matches(name, [form for it in self.questions for form in (it.name, it.words)], 1)
            raise UsageError(f"no row that is asked about is called {name!r}.", f"{_meant(near)}{_LIST}")
        return found[0]

    def flag_ids(self, question: Question) -> list[str]:
        """The open flags in which it was asked."""
        rows = {item.record.place.row for item in question.items}
        return [it.id for it in self.flags if it.kind in _ASKING and self._is_at(it, question.source, rows)]

    def _is_at(self, flag: OpenFlag, source: str, rows: set[int | None]) -> bool:
        row = flag.document["row"]
        return flag.document["source"] == source and isinstance(row, int) and row - 1 in rows

    def standing(self, name: str) -> Counting:
        """The answer a person means by the words of its row."""
        found = [it for it in self.counting if _means(name, it.source, it.words)]
        if len(found) > 1:
            sources = " and ".join(it.source for it in found)
            raise UsageError(f"{name!r} was answered in {sources}.", f"Say which: `{found[0].name}`.")
        if not found:
            near = get_close_matches(name, [form for it in self.counting for form in (it.name, it.words)], 1)
            raise UsageError(
                f"nothing was said about {name!r}.", f"{_meant(near)}`sheetsync match list` ends with what was."
            )
        return found[0]

    def campaign(self, name: str, question: Question) -> str:
        """The campaign a person means: its id in any case, or the names of one whose id nobody has accepted yet."""
        names = self.matched.names
        for one in sorted(self.matched.campaigns):
            if one.casefold() == name.strip().casefold() or (one in names and fold_key(names[one]) == fold_key(name)):
                return one
        proposed = f"Proposed are: {', '.join(question.candidates)}." if question.candidates else "Check its spelling."
        raise UsageError(f"no campaign is called {name!r}.", proposed)

    def _question(self, source: str, row: str, items: Iterable[Unmatched]) -> Question:
        items = tuple(sorted(items, key=lambda it: it.record.place.row or 0))
        return Question(source, row, in_words(items[0].record, self.rules), items)

    def _counting(self, one: Answer, said: Said) -> Counting:
        return Counting(one.source, one.row, one.words, said, one.by, one.at, self._but(one, said))

    def _but(self, one: Answer, said: Said) -> str:
        if said.accepted and said.accepted not in self.matched.campaigns:
            return f"{said.accepted} is no campaign any more"
        found = self._rows.get((one.source, one.row), set())
        if not found:
            return "no row says this any more"
        others = sorted(found - {"", said.accepted})
        return f"the row names {others[0]} by itself" if said.accepted and others else ""

    @cached_property
    def _rows(self) -> dict[tuple[str, str], set[str]]:
        """What rows say of themselves -> the campaigns they belong to, "" for none."""
        found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        everything: Iterator[Identified | Unmatched] = chain(
            self.matched.identified, chain.from_iterable(self.matched.duplicates), self.matched.unmatched
        )
        for item in everything:
            if (row := says_of_itself(item.record, self.rules)) is not None:
                found[item.record.source, row].add(item.campaign if isinstance(item, Identified) else "")
        return found


def accept(desk: Desk, rules: Rules, row: str, candidate: str, by: str) -> tuple[Answer, ...]:
    """A person says which campaign a row belongs to. Raises `UsageError` where that is not asked, or is no campaign."""
    with desk.leases.hold(RUN):
        asked = Asked.by(desk.ledger, rules)
        question = asked.question(row)
        return _say(desk, question, Verdict.ACCEPTED, [asked.campaign(candidate, question)], by)


def reject(desk: Desk, rules: Rules, row: str, candidate: str | None, by: str) -> tuple[Answer, ...]:
    """A person says that a row is not about a campaign, or about none that is proposed; it goes on being asked about.

    Raises `UsageError` for a row nobody asks about, and where that campaign, or any, is not proposed for it.
    """
    with desk.leases.hold(RUN):
        asked = Asked.by(desk.ledger, rules)
        question = asked.question(row)
        if not question.candidates:
            raise UsageError(f"nothing is proposed for {question.name!r}.", "Correct its id or names in the sheet.")
        if candidate is None:
            return _say(desk, question, Verdict.REJECTED, question.candidates, by)
        campaign = asked.campaign(candidate, question)
        if campaign not in question.candidates:
            proposed = ", ".join(question.candidates)
            raise UsageError(f"{campaign} is not proposed for {question.name!r}.", f"Proposed are: {proposed}.")
        return _say(desk, question, Verdict.REJECTED, [campaign], by)


def forget(desk: Desk, rules: Rules, row: str, by: str) -> tuple[Answer, ...]:
    """All that was said about a row is taken back. Raises `UsageError` where nothing was."""
    with desk.leases.hold(RUN):
        standing = Asked.by(desk.ledger, rules).standing(row)
        campaigns = sorted({standing.said.accepted, *standing.said.rejected} - {""})
        return _say(desk, standing, Verdict.FORGOTTEN, campaigns, by)


def _say(
    desk: Desk, row: Question | Counting, verdict: Verdict, campaigns: Iterable[str], by: str
) -> tuple[Answer, ...]:
    now = desk.clock.now()
    said = tuple(Answer(row.source, row.row, row.words, verdict, campaign, by, now) for campaign in campaigns)
    desk.ledger.answer(said)
    return said


def _means(name: str, source: str, words: str) -> bool:
    return fold_key(name) in (fold_key(words), fold_key(f"{source}:{words}"))


def _meant(near: list[str]) -> str:
    return f"Did you mean `{near[0]}`? " if near else ""
