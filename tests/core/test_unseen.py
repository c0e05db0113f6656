"""Sixteen nasty workbooks, written without knowing the program: what was once read right stays right.

Ten taught it first; six came when those were learned from. What is missed in these is a matter of opinion, and asked.
"""

from pathlib import Path

import pytest

from tests.bench.unseen import NASTY, UNSEEN, Score, score
from tests.messes import stories

Scores = dict[str, Score]


@pytest.fixture(scope="module", params=[NASTY, UNSEEN], ids=lambda folder: folder.name)
def collection(request: pytest.FixtureRequest) -> Path:
    assert isinstance(request.param, Path)
    return request.param


@pytest.fixture(scope="module")
def scores(collection: Path) -> Scores:
    return score(stories(collection))


@pytest.mark.parametrize("kind", ["tables", "rows"])
def test_tables_and_rows_are_read_as_a_colleague_reads_them(kind: str, scores: Scores) -> None:
    assert scores[kind].remarks == []


def test_no_column_is_taken_for_what_it_is_not_and_hardly_one_is_asked_about(collection: Path, scores: Scores) -> None:
    assert scores["columns"].wrong == 0
    assert scores["columns"].missed <= (0 if collection == NASTY else 2)


def test_no_mere_dialect_is_ever_flagged_and_every_true_disagreement_is_seen(collection: Path, scores: Scores) -> None:
    assert scores["agreements"].remarks == []
    assert scores["agreements"].right >= (15 if collection == NASTY else 4)


def test_no_two_rows_are_joined_that_do_not_belong_together(scores: Scores) -> None:
    assert scores["matches"].wrong == 0
    assert scores["matches"].recall > 0.9


def test_hardly_a_value_is_read_wrong_or_missed(scores: Scores) -> None:
    assert scores["values"].precision > 0.998
    assert scores["values"].recall > 0.995
