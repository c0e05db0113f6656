"""A story's answer key is the test: every line of it and nothing else."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.season import SEASON, THREE_TEAMS, season

Line = Mapping[str, Any]


@dataclass(frozen=True)
class Heard:
    """What the first run said of a story, and what it should have said."""

    run: Line
    answers: Line


@pytest.fixture(scope="module", params=[THREE_TEAMS, SEASON], ids=lambda told: told.story.name)
def heard(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Heard]:
    with season(tmp_path_factory.mktemp("season"), request.param) as loaded:
        yield Heard(loaded.reconcile(), request.param.answers())


def _flag(line: Line) -> tuple[Any, ...]:
    # The register has no rows: its lines are told apart by their record.
    where = (line["source"], line["record"] if line["source"] == "official" else "", line["cell"])
    return (*where, line["field"], line["kind"], line.get("owner"), line["severity"])


def test_every_flag_of_the_key_is_raised_and_no_other(heard: Heard) -> None:
    assert sorted(map(_flag, heard.run["flags"]), key=str) == sorted(map(_flag, heard.answers["flags"]), key=str)


def test_flags_name_the_record_the_row_and_the_expected_value(heard: Heard) -> None:
    raised = {_flag(flag): flag for flag in heard.run["flags"]}
    for line in heard.answers["flags"]:
        flag = raised[_flag(line)]
        for name in ("record", "row", "expected"):
            if name in line:
                assert flag[name] == line[name], (line, flag)


def test_every_generated_value_is_that_of_the_key_and_there_is_no_other(heard: Heard) -> None:
    def made(line: Line) -> tuple[Any, ...]:
        return (line["source"], line["row"], line["record"], line["field"], line["value"])

    assert sorted(map(made, heard.run["generated"])) == sorted(map(made, heard.answers["generated"]))


def test_every_withheld_value_is_in_the_key_with_its_reason(heard: Heard) -> None:
    held = {(line["source"], line["row"], line["field"]): line["reason"] for line in heard.run["withheld"]}
    key = {(line["source"], line["row"], line["field"]): line["reason_mentions"] for line in heard.answers["withheld"]}
    assert held.keys() == key.keys()
    for where, words in key.items():
        for word in words:
            assert re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", held[where], re.IGNORECASE), (
                where,
                word,
                held[where],
            )


def test_what_the_key_calls_silent_is_silent(heard: Heard) -> None:
    loud = {(flag["source"], flag["cell"]) for flag in heard.run["flags"] if flag["source"] != "official"}
    for line in heard.answers["silent"]:
        assert (line["source"], line["cell"]) not in loud, line


def test_rows_that_are_no_data_are_left_alone_and_said_so(heard: Heard) -> None:
    reasons = {
        "preamble": "above the header",
        "banner": "a banner, not a campaign",
        "example": "an example row",
        "total": "a totals row",
        "legend": "a note or a legend",
    }
    ignored = {(i["source"], i["where"]): i["reason"] for i in heard.run["ignored"] if i["what"] == "row"}
    key = {(i["source"], str(i["row"])): reasons[i["kind"]] for i in heard.answers["ignored"] if i["kind"] in reasons}
    assert ignored == key
