"""Two answer keys, by hands that know the language only, are the test: each line of them, and nothing else."""

from collections.abc import Mapping

import pytest

from tests.bench.scenarios import SCENARIOS, Heard, hear
from tests.season import Told


@pytest.fixture(scope="module", params=SCENARIOS, ids=lambda told: told.story.name)
def heard(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Heard:
    told: Told = request.param
    return hear(told, tmp_path_factory.mktemp("scenario"))


def _where(lines: list[Mapping[str, str]]) -> list[str]:
    return [f"{line['source']} {line['cell']} {line['field']} {line['kind']}" for line in lines]


def test_nothing_is_said_of_a_mere_dialect(heard: Heard) -> None:
    assert _where(heard.first.on_dialect) == []


def test_nothing_is_said_of_what_only_looks_wrong(heard: Heard) -> None:
    assert _where(heard.first.on_traps) == []


def test_everything_planted_is_found_and_nothing_else_is_said(heard: Heard) -> None:
    assert _where(heard.first.missed) == []
    assert _where(heard.first.false) == []


def test_what_people_type_later_brings_and_ends_what_it_should(heard: Heard) -> None:
    for verdict in heard.rounds:
        assert _where(verdict.missed) == []
        assert _where(verdict.false) == []


def test_each_is_told_under_its_contract_as_loud_as_agreed(heard: Heard) -> None:
    # A row that belongs to no campaign is named by its own words, where the key has put it in ours.
    apart = [text for verdict in (heard.first, *heard.rounds) for text in verdict.otherwise if "near_miss" not in text]
    assert apart == []
