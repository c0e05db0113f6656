"""The answer key of the season is the test: every line of it and nothing else."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.season import Season, answers, season

Line = Mapping[str, Any]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Line, Season]]:
    with season(tmp_path_factory.mktemp("season")) as loaded:
        yield loaded.reconcile(), loaded


def _flag(line: Line) -> tuple[Any, ...]:
    # The register has no rows: its lines are told apart by their record.
    where = (line["source"], line["record"] if line["source"] == "official" else "", line["cell"])
    return (*where, line["field"], line["kind"], line.get("owner"), line["severity"])


def test_every_flag_of_the_key_is_raised_and_no_other(told: tuple[Line, Season]) -> None:
    assert sorted(map(_flag, told[0]["flags"]), key=str) == sorted(map(_flag, answers()["flags"]), key=str)


def test_flags_name_the_record_the_row_and_the_expected_value(told: tuple[Line, Season]) -> None:
    raised = {_flag(flag): flag for flag in told[0]["flags"]}
    for line in answers()["flags"]:
        flag = raised[_flag(line)]
        for name in ("record", "row", "expected"):
            if name in line:
                assert flag[name] == line[name], (line, flag)


def test_every_generated_value_is_that_of_the_key_and_there_is_no_other(told: tuple[Line, Season]) -> None:
    def made(line: Line) -> tuple[Any, ...]:
        return (line["source"], line["row"], line["record"], line["field"], line["value"])

    assert sorted(map(made, told[0]["generated"])) == sorted(map(made, answers()["generated"]))


def test_every_withheld_value_is_in_the_key_with_its_reason(told: tuple[Line, Season]) -> None:
    held = {(line["source"], line["row"], line["field"]): line["reason"] for line in told[0]["withheld"]}
    key = {(line["source"], line["row"], line["field"]): line["reason_mentions"] for line in answers()["withheld"]}
    assert held.keys() == key.keys()
    for where, words in key.items():
        for word in words:
            assert re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", held[where], re.IGNORECASE), (
                where,
                word,
                held[where],
            )


def test_what_the_key_calls_silent_is_silent(told: tuple[Line, Season]) -> None:
    loud = {(flag["source"], flag["cell"]) for flag in told[0]["flags"] if flag["source"] != "official"}
    for line in answers()["silent"]:
        assert (line["source"], line["cell"]) not in loud, line


def test_rows_that_are_no_data_are_left_alone_and_said_so(told: tuple[Line, Season]) -> None:
    reasons = {
        "preamble": "above the header",
        "banner": "a banner, not a campaign",
        "example": "an example row",
        "total": "a totals row",
        "legend": "below the table",
    }
    ignored = {(i["source"], i["where"], i["reason"]) for i in told[0]["ignored"] if i["what"] == "row"}
    key = {(i["source"], str(i["row"]), reasons[i["kind"]]) for i in answers()["ignored"] if i["kind"] in reasons}
    assert ignored == key
