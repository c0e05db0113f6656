"""What a run about one campaign leaves in our tab: its own lines renewed, every other as it stood."""

from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.managed import HEAD, OUR_TAB_ID, OUR_TAB_TITLE, Desired, Line
from sheetsync.core.model import Cell, Tab, Workbook
from sheetsync.core.scope import renewed

KEYS = st.sampled_from(["briefs␟a", "briefs␟b", "landing␟a", "landing␟b", "landing␟c"])
TEXTS = st.sampled_from(["", "OK", "DIFFERS", "x [ss-1]"])
LINES = st.dictionaries(KEYS, st.tuples(TEXTS, TEXTS), max_size=5).map(
    lambda told: tuple(
        Line(key, key, f"#{key}", status, issues, {"url": issues}) for key, (status, issues) in sorted(told.items())
    )
)


def desired(lines: tuple[Line, ...]) -> Desired:
    return Desired("book", "Book", ("briefs", "landing"), (*HEAD, "url"), lines, ())


def workbook(lines: tuple[Line, ...]) -> Workbook:
    cells = tuple(tuple(Cell(text or None, text) for text in row) for row in desired(lines).rows)
    tab = Tab(OUR_TAB_ID, OUR_TAB_TITLE, cells, len(cells), len(HEAD) + 1)
    return Workbook("book", "Book", "en_US", "Europe/London", (tab,))


@given(LINES, LINES)
def test_with_every_line_concerned_it_is_what_should_stand_there(
    whole: tuple[Line, ...], stood: tuple[Line, ...]
) -> None:
    every = frozenset((line.key, "") for line in (*whole, *stood))
    assert renewed(desired(whole), every, workbook(stood)).lines == whole


@given(LINES, LINES)
def test_with_none_concerned_it_is_what_stands_there(whole: tuple[Line, ...], stood: tuple[Line, ...]) -> None:
    made = renewed(desired(whole), frozenset(), workbook(stood)).lines
    assert sorted(made, key=lambda line: line.key) == sorted(stood, key=lambda line: line.key)


@given(LINES, LINES, KEYS)
def test_each_line_is_renewed_or_as_it_stood_and_never_another(
    whole: tuple[Line, ...], stood: tuple[Line, ...], concerned: str
) -> None:
    only = frozenset([(concerned, "")])
    made = {line.key: line for line in renewed(desired(whole), only, workbook(stood)).lines}
    old, new = {line.key: line for line in stood}, {line.key: line for line in whole}
    for key, line in made.items():
        assert line == (new if key == concerned else old)[key]
    assert made.keys() == (old.keys() - {concerned}) | ({concerned} & new.keys())
