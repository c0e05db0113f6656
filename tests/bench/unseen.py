"""How well sheets are read that nobody described: precision and recall against answer keys written without the code.

`python -m tests.bench.unseen [COLLECTION…] [--wrong]`, by default the ten nasty workbooks and, apart from them, the six
that came when the ten had been learned from. *Precision* is how much of
what we say is right, *recall* how much of what the key says we say. What we ask a person about is not said; what the
key calls a doubt may be said or asked. Each kind is measured by itself: values in the columns of the key, matches with
the values we read there. `--wrong` lists what is wrong. Ends with 1 where a mere dialect would be flagged.
"""

import sys
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations
from pathlib import Path

from sheetsync.config.headers import shipped_header_words
from sheetsync.core.graph import Rules, SheetTab, Source
from sheetsync.core.lookup import a1
from sheetsync.core.mapping.guessed import Guesses
from sheetsync.core.mapping.guessing import guess
from sheetsync.core.match import Identified, match
from sheetsync.core.model import Claim, Entity, Problem, Record, RowKind, Snapshot, Tab
from sheetsync.core.tables import Table, find_tables
from sheetsync.core.tracking import TrackingRules
from sheetsync.core.tracking.defects import INSEPARABLE
from tests.core.test_messes_values import FIELDS, fits
from tests.core.test_messes_values import read as read_values
from tests.messes import TOP, Mess, Row, Said, TabAnswer, TableAnswer, load_mess, stories

NASTY = TOP / "fixtures" / "nasty"
#: written when the reader had learned from the ten, by two hands that knew neither
UNSEEN = TOP / "fixtures" / "unseen"
COLLECTIONS = (NASTY, UNSEEN)
STRUCK = "struck through"
KINDS = ("tables", "rows", "columns", "values", "matches", "agreements", "partner names")
#: the key was written for this time
SEASON = date(2026, 11, 20)


@dataclass
class Score:
    """What was said and what should have been, of one kind of thing."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    remarks: list[str] = field(default_factory=list)

    def add(self, where: str, said: Iterable[Hashable], key: Iterable[Hashable], free: Iterable[Hashable] = ()) -> None:
        """Things said against things that are so; the `free` ones may be said or not."""
        said, key, free = Counter(said), Counter(key), Counter(free)
        right = said & key
        wrong, missed = said - key - free, key - said
        self.right += right.total()
        self.wrong += wrong.total()
        self.missed += missed.total()
        self.remarks += [f"{where}: said {thing}" for thing in wrong] + [f"{where}: missed {thing}" for thing in missed]

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)


@dataclass(frozen=True)
class Read:
    """One table as it was found and understood."""

    tab: Tab
    table: Table
    guesses: Guesses


def read(mess: Mess, tab: Tab) -> list[Read]:
    """Every table of a tab."""
    words = shipped_header_words()
    found = find_tables(tab, words)
    return [Read(tab, table, guess(tab, table, words, mess.workbook.locale)) for table in found.tables]


def score(folders: Iterable[Path]) -> dict[str, Score]:
    """Kind -> score, over all workbooks together."""
    scores = {name: Score() for name in KINDS}
    for folder in folders:
        mess = load_mess(folder)
        for answer in mess.answers.tabs:
            tab = mess.tab(answer.title)
            where = f"{mess.name}, {answer.title}"
            reads = read(mess, tab)
            scores["tables"].add(where, (_range(one.table) for one in reads), (each.range for each in answer.tables))
            if answer.tables:
                scores["rows"].add(where, _kinds(mess, tab), _keyed_kinds(answer))
            scores["columns"].add(where, _fields(reads), _keyed_fields(answer), _doubtful(answer, reads))
        snapshots = [(tab, table, read_values(mess, tab, table)) for tab in mess.answers.tabs for table in tab.tables]
        for tab_answer, table, snapshot in snapshots:
            scores["values"].add(f"{mess.name}, {tab_answer.title}", *_values(table, snapshot))
        scores["matches"].add(mess.name, *_matches(mess, snapshots))
        scores["agreements"].add(mess.name, *_agreements(mess, snapshots, _COMPARED))
        scores["partner names"].add(mess.name, *_agreements(mess, snapshots, ("partner",)))
    return scores


# ---------------------------------------------------------------- values, and rows that belong together

Snapshots = list[tuple[TabAnswer, TableAnswer, Snapshot]]


def _values(table: TableAnswer, snapshot: Snapshot) -> tuple[list[str], list[str], list[str]]:
    """What cells are taken to say, what they say, and what may be said where the column is in doubt."""
    records = {record.place.row: record for record in snapshot.records}
    said, key, free = [], [], []
    for (row, column), expected in table.values.items():
        name = table.columns[column]
        if name is None or snapshot.columns.get(name) != column or row not in records:
            continue
        claim = records[row].claims[name]
        if claim.raw == STRUCK:
            # The key tells what the cell says; what a stroke means is a team's own rule.
            continue
        spoken = not (claim.parsed is None or isinstance(claim.parsed, Problem)) or _is_said_otherwise(claim, expected)
        right = f"{a1(row, column)} {claim.raw!r} is {expected}"
        if expected not in (None, "?"):
            key.append(right)
        if fits(claim, expected, records[row]):
            said += [right] if expected not in (None, "?") else []
        elif spoken:
            said.append(f"{a1(row, column)} {claim.raw!r} is {claim.parsed!r}, not {expected}")
            free += said[-1:] if column in table.doubts else []
    return said, key, free


def _is_said_otherwise(claim: Claim, expected: Said) -> bool:
    """Nothing is said where the key has a value: a word lost without a question."""
    return claim.parsed is None and expected not in (None, "?")


Pair = tuple[Row, Row]


def _matches(mess: Mess, snapshots: Snapshots) -> tuple[list[Pair], list[Pair]]:
    """Rows of different tabs that are taken for one campaign, and those that are."""
    campaign: dict[Row, str] = {}
    for item in matched(mess, snapshots).identified_or_double:
        campaign.setdefault((item.record.place.tab, item.record.place.row or 0), item.campaign)
    rows = sorted(campaign)
    said = [(a, b) for a, b in combinations(rows, 2) if a[0] != b[0] and campaign[a] == campaign[b]]
    key = {(a, b) for group in mess.answers.campaigns for a, b in combinations(sorted(group), 2) if a[0] != b[0]}
    return said, sorted(key)


@dataclass(frozen=True)
class _Matched:
    identified_or_double: list[Identified]


def matched(mess: Mess, snapshots: Snapshots) -> _Matched:
    """What becomes of the rows; the first table of campaigns says which campaigns there are."""
    rules = rules_for(mess, snapshots)
    of = match([replaced(snapshot, name) for name, (*_, snapshot) in named(snapshots)], rules, {}, 0)
    return _Matched([*of.identified, *(item for items in of.duplicates for item in items)])


def named(snapshots: Snapshots) -> Iterator[tuple[str, tuple[TabAnswer, TableAnswer, Snapshot]]]:
    return ((f"table{number}", one) for number, one in enumerate(snapshots))


def replaced(snapshot: Snapshot, name: str) -> Snapshot:
    """The snapshot as that of a source of its own: several tables may stand in one tab."""
    return replace(snapshot, source=name, records=tuple(replace(record, source=name) for record in snapshot.records))


def rules_for(mess: Mess, snapshots: Snapshots) -> Rules:
    """A company of these tables, without aliases."""
    sources = {}
    for name, (tab, table, snapshot) in named(snapshots):
        fields = snapshot.columns.keys()
        lists = [names for names in (("campaign_id",), ("partner", "campaign_name")) if fields >= {*names}]
        key = tuple(one for one in ("campaign_id", "partner", "campaign_name") if one in fields)
        where = SheetTab(mess.workbook.id, mess.tab(tab.title).id)
        columns = dict.fromkeys(fields, ("",))
        sources[name] = Source(name, tab.title, "", where, table.rows_are, key, tuple(lists), columns)
    registrar = next(name for name, source in sources.items() if source.rows_are is Entity.CAMPAIGN)
    owners = dict.fromkeys(sources[registrar].columns, registrar)
    return Rules(FIELDS, sources, owners, (), {}, {}, {}, TrackingRules(INSEPARABLE, ()), {}, season=SEASON)


def _agreements(mess: Mess, snapshots: Snapshots, fields: Sequence[str]) -> tuple[list[str], list[str]]:
    """Disagreements we see between rows of one campaign, and those there are: whatever we see besides is dialect."""
    records: dict[tuple[str, int | None], Record] = {}
    for tab, _, snapshot in snapshots:
        for record in snapshot.records:
            records.setdefault((tab.title, record.place.row), record)
    key = {frozenset((one, other)) | {name} for one, other, name in mess.answers.disagree}
    said, true = [], []
    for group in mess.answers.campaigns:
        for one, other in combinations(group, 2):
            a, b = records.get(one), records.get(other)
            if a is None or b is None or one[0] == other[0]:
                continue
            for name in fields:
                left, right = a.value(name), b.value(name)
                differs = left is not None and right is not None and not FIELDS[name].type.agrees(left, right)
                text = f"{one} {other} {name}: {left!r} and {right!r}"
                if differs:
                    said.append(text)
                    true += [text] if frozenset((one, other)) | {name} in key else []
    return said, true


#: what must never vary between the rows of a campaign; its days may, where a row is one flight inside it
_COMPARED = ("offer", "price", "promo_code", "landing_page")


def _range(table: Table) -> str:
    block = table.block
    return f"{a1(block.top, block.left)}:{a1(block.bottom - 1, block.right - 1)}"


def _kinds(mess: Mess, tab: Tab) -> Iterator[tuple[str, str]]:
    found = find_tables(tab, shipped_header_words())
    for kinds in (found.kinds, *(table.kinds for table in found.tables)):
        yield from _told(kinds.items())


def _keyed_kinds(answer: TabAnswer) -> Iterator[tuple[str, str]]:
    for kinds in (answer.kinds, *(table.kinds for table in answer.tables)):
        yield from _told(kinds.items())


def _told(kinds: Iterable[tuple[int, RowKind]]) -> Iterator[tuple[str, str]]:
    return ((f"row {row + 1}", str(kind)) for row, kind in kinds if kind is not RowKind.BLANK)


def _fields(reads: Iterable[Read]) -> Iterator[tuple[str, str]]:
    for one in reads:
        for column in one.guesses.columns:
            if column.field is not None and not column.question:
                yield _letters(column.column.index), column.field


def _keyed_fields(answer: TabAnswer) -> Iterator[tuple[str, str]]:
    for table in answer.tables:
        for column, name in table.columns.items():
            if name is not None and column not in table.doubts:
                yield _letters(column), name


def _doubtful(answer: TabAnswer, reads: Iterable[Read]) -> Iterator[tuple[str, str]]:
    doubts = {_letters(column) for table in answer.tables for column in table.doubts}
    return ((letters, name) for letters, name in _fields(reads) if letters in doubts)


def _letters(column: int) -> str:
    return a1(0, column).rstrip("1")


def main() -> None:
    """Print a table for each collection, and with `--wrong` what is wrong."""
    named = [Path(each) for each in sys.argv[1:] if not each.startswith("--")]
    flagged = [_printed(each) for each in named or COLLECTIONS]
    sys.exit(1 if any(flagged) else 0)


def _printed(collection: Path) -> int:
    """How many disagreements were seen in it that there are none."""
    scores = score(stories(collection))
    print(f"\n{collection.name}\n")  # noqa: T201
    print("| what | right | wrong | missed | precision | recall |\n|---|--:|--:|--:|--:|--:|")  # noqa: T201
    for name, one in scores.items():
        print(  # noqa: T201
            f"| {name} | {one.right} | {one.wrong} | {one.missed} | {one.precision:.1%} | {one.recall:.1%} |"
        )
    if "--wrong" in sys.argv:
        for name, one in scores.items():
            print(f"\n{name}", *one.remarks, sep="\n  ")  # noqa: T201
    return scores["agreements"].wrong


if __name__ == "__main__":
    main()
