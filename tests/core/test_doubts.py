"""Laws of lost columns: no header, renamed or typed twice, ever hands a field's values to another column."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import event, example, given
from hypothesis import strategies as st

from sheetsync.core.answers import Verdict
from sheetsync.core.column_answers import NO_COLUMN_ANSWERS, ColumnAnswer, ColumnAnswers, as_answered
from sheetsync.core.header_texts import fold_header
from sheetsync.core.mapping.doubts import Doubt, Reading, as_last_seen, doubts_of
from sheetsync.core.model import Snapshot, Tab
from sheetsync.core.normalize import normalize
from tests.core import builders as b
from tests.core.tables_typed import WORDS

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
COLUMNS = ["partner", "campaign_id", "campaign_name", "flight_start", "flight_end", "notes"]
SOURCE = replace(b.BRIEFS, columns={name: (name.replace("_", " ").title(),) for name in COLUMNS}, key=("campaign_id",))
HEADERS = [texts[0] for texts in SOURCE.columns.values()]
VALUES = {
    "partner": ["Lou's", "Café Zürich", "Harlow & Finch", ""],
    "campaign_name": ["Singles Day", "Gift", "Lou's", ""],
    "flight_start": ["2026-11-27", "2026-12-01", "TBD", ""],
    "flight_end": ["2026-11-27", "2026-12-24", ""],
    "notes": ["ask Ada", "Lou's", "2026-12-01", "NL-1"],
}
rows = st.lists(
    st.fixed_dictionaries({name: st.sampled_from(texts) for name, texts in VALUES.items()}), min_size=1, max_size=6
)
others = st.sampled_from([*HEADERS, "Week", "Deal", "Client", "Start date", "Owner", " NOTES: "])
renamings = st.lists(st.tuples(st.sampled_from(HEADERS), others), min_size=1, max_size=3)


def sheet(said: Sequence[Mapping[str, str]], headers: Sequence[str], order: Sequence[int] | None = None) -> Tab:
    grid = [
        list(headers),
        *([f"NL-{n}" if name == "campaign_id" else row[name] for name in COLUMNS] for n, row in enumerate(said, 1)),
    ]
    return b.tab(*([line[at] for at in order or range(len(COLUMNS))] for line in grid))


def read(tab: Tab, answers: ColumnAnswers = NO_COLUMN_ANSWERS) -> Snapshot | None:
    found = normalize(tab, "en_US", as_answered(SOURCE, tab, answers), b.RULES, b.place("briefs"))
    return found if isinstance(found, Snapshot) else None


def doubts(tab: Tab, before: Snapshot, answers: ColumnAnswers = NO_COLUMN_ANSWERS) -> tuple[Doubt, ...]:
    source = as_answered(SOURCE, tab, answers)
    seen = frozenset(COLUMNS)
    return doubts_of(
        Reading(tab, source, seen, lambda: before.records, lambda: WORDS, b.RULES.fields, answers, "en_US")
    )


def texts(snapshot: Snapshot) -> dict[str, dict[str, str]]:
    """id -> what its row says, blanks left out."""
    return {
        record.claims["campaign_id"].raw: {name: it.raw for name, it in record.claims.items() if it.raw}
        for record in snapshot.records
    }


@given(rows, renamings, st.permutations(range(len(COLUMNS))))
@example(
    [{"partner": "Lou's", "campaign_name": "Lou's", "flight_start": "", "flight_end": "", "notes": "Lou's"}],
    [("Partner", "Notes")],
    range(6),
)
def test_no_renaming_changes_what_a_row_says_or_is_taken_over_without_an_answer(
    said: list[dict[str, str]], renamed: list[tuple[str, str]], order: Sequence[int]
) -> None:
    before = read(sheet(said, HEADERS))
    assert before is not None
    new = dict(renamed)
    # A header that was taken off one column and put on another says what it says; `changed` looks at the values.
    new = {old: text for old, text in new.items() if fold_header(text) not in map(fold_header, new)}
    tab = sheet(said, [new.get(text, text) for text in HEADERS], order)
    found, asked = read(tab), doubts(tab, before)
    if found is None or any(doubt.is_key for doubt in asked):
        event("the source stands still")
        return
    event(f"{len(asked)} asked")
    assert texts(as_last_seen(found, asked, SOURCE, before.records)) == texts(before)


@given(rows, st.permutations(range(len(COLUMNS))))
def test_columns_in_another_order_are_no_doubt(said: list[dict[str, str]], order: Sequence[int]) -> None:
    before = read(sheet(said, HEADERS))
    assert before is not None
    assert doubts(sheet(said, HEADERS, order), before) == ()


@given(rows, st.sampled_from(HEADERS), st.permutations(range(len(COLUMNS))))
def test_an_answer_reads_the_column_wherever_it_stands_and_ends_where_its_own_header_is_back(
    said: list[dict[str, str]], old: str, order: Sequence[int]
) -> None:
    before = read(sheet(said, HEADERS))
    assert before is not None
    field = COLUMNS[HEADERS.index(old)]
    answers = ColumnAnswers.of([ColumnAnswer("briefs", field, "Renamed by Ann", Verdict.ACCEPTED, "Ann", NOON)])
    tab = sheet(said, ["renamed  BY ann:" if text == old else text for text in HEADERS], order)
    found = read(tab, answers)
    assert found is not None
    assert texts(found) == texts(before)
    assert doubts(tab, before, answers) == ()
    back = sheet(said, HEADERS, order)
    assert as_answered(SOURCE, back, answers) == SOURCE


@given(st.lists(st.tuples(st.sampled_from(Verdict), st.sampled_from(["Deal", "deal:", "Offer 2"])), max_size=6))
def test_what_was_said_last_counts_and_nothing_is_both_accepted_and_rejected(said: list[tuple[Verdict, str]]) -> None:
    told = [ColumnAnswer("briefs", "notes", header, verdict, "Ann", NOON) for verdict, header in said]
    now = ColumnAnswers.of(told).about("briefs", "notes")
    assert not (now.accepted and now.rejects(now.accepted))
    if told and told[-1].verdict is Verdict.ACCEPTED:
        assert now.accepted == told[-1].header
    if told and told[-1].verdict is Verdict.FORGOTTEN:
        assert ColumnAnswers.of(told) == NO_COLUMN_ANSWERS
