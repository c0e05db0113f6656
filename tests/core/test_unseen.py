"""Ten nasty workbooks, written without knowing the program: what was once read right stays right."""

import pytest

from tests.bench.unseen import NASTY, Score, score
from tests.messes import stories


@pytest.fixture(scope="module")
def scores() -> dict[str, Score]:
    return score(stories(NASTY))


@pytest.mark.parametrize("kind", ["tables", "rows", "columns"])
def test_tables_rows_and_columns_are_read_as_a_colleague_reads_them(kind: str, scores: dict[str, Score]) -> None:
    assert scores[kind].remarks == []


def test_no_mere_dialect_is_ever_flagged_and_every_true_disagreement_is_seen(scores: dict[str, Score]) -> None:
    assert scores["agreements"].remarks == []
    assert scores["agreements"].right >= 15


def test_no_two_rows_are_joined_that_do_not_belong_together(scores: dict[str, Score]) -> None:
    assert scores["matches"].wrong == 0
    assert scores["matches"].recall > 0.9


def test_hardly_a_value_is_read_wrong_or_missed(scores: dict[str, Score]) -> None:
    assert scores["values"].precision > 0.998
    assert scores["values"].recall > 0.996
