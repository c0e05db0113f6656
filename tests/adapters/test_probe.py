"""The probe, over HTTP against the sandbox as it is, and against sandboxes in which one belief is false on purpose."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.adapters.google_probe import (
    ASSUMED,
    BELIEFS,
    Belief,
    Promise,
    Scratch,
    Verdict,
    Wire,
    document,
    probe,
)
from sheetsync.adapters.google_probe.wire import Pace
from sheetsync.errors import Refused, Unreachable, UsageError
from sheetsync.faces.probe import probe_text
from sheetsync.ports import RequestCount
from sheetsync.sandbox import Running, email_of, running
from sheetsync.sandbox.model import Tab, Workbook
from tests.adapters.another_google import OTHERWISE
from tests.adapters.google_fixtures import TestClock
from tests.season import TOP

BOOK, FOREIGN = "scratch-book_1", "not-shared-book"
UNCHECKABLE = {"busy-means-not-applied"}


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.fixture
def sandbox(server: Running) -> Running:
    """A blank spreadsheet shared with two accounts, and one that is shared with nobody."""
    server.requests.clear()
    shared = {email_of("sheetsync"): "writer", email_of("second"): "writer"}
    _put(server, BOOK, shared)
    _put(server, FOREIGN, {})
    return server


def _put(server: Running, book_id: str, shared: dict[str, str]) -> None:
    book = Workbook(book_id, "Scratch", "de_DE", "Europe/Berlin", email_of("person"))
    book.shared_with, book.tabs = shared, [Tab(0, "Blatt1"), Tab(7, "Blatt2", 5, 5)]
    server.state.commit(book, email_of("person"))


def _wire(sandbox: Running, account: str, count: RequestCount | None = None) -> Wire:
    key = sandbox.key_file(account)
    return Wire(key, sandbox.base, 20, BOOK, TestClock(), count or RequestCount(), None)


@pytest.fixture
def scratch(sandbox: Running) -> Scratch:
    return Scratch(_wire(sandbox, "sheetsync"), _wire(sandbox, "second"), FOREIGN)


def _held(sandbox: Running) -> Any:
    """Everything in the spreadsheet, but for what any write at all changes."""
    moving = ("modified", "modified_by", "version")
    return {name: value for name, value in sandbox.export(BOOK).items() if name not in moving}


def _quietly(_: str) -> None:
    """Nobody watches."""


def _verdicts(scratch: Scratch, *names: str) -> dict[str, Verdict]:
    beliefs = [each for each in BELIEFS if each.name in names]
    return {finding.belief.name: finding.verdict for finding in probe(scratch, beliefs, _quietly)[0]}


def _belief(check: Callable[[Scratch], Verdict], name: str = "a-belief") -> Belief:
    return Belief(name, Promise.ROWS, "A sentence.", "something", check)


# ---------------------------------------------------------------- what it finds


def test_in_the_sandbox_every_belief_holds_that_can_be_checked_and_nothing_of_ours_stays(sandbox: Running) -> None:
    before, count = _held(sandbox), RequestCount()
    told: list[str] = []
    scratch = Scratch(_wire(sandbox, "sheetsync", count), _wire(sandbox, "second", count), FOREIGN)
    findings, troubles = probe(scratch, BELIEFS, told.append)
    standings = {finding.belief.name: str(finding.verdict.standing) for finding in findings}
    assert troubles == []
    assert standings == {each.name: "unknown" if each.name in UNCHECKABLE else "confirmed" for each in BELIEFS}
    assert told == [each.name for each in BELIEFS]
    assert _held(sandbox) == before
    assert count.reads + count.writes + count.drive == len([each for each in sandbox.requests if each.path != "/token"])
    assert count.drive == 4, "what the daemon asks, and nothing else of Drive's"
    assert max(count.reads, count.writes) < 80, "a couple of minutes at the pace it keeps"


@pytest.mark.parametrize("name", [each.name for each in BELIEFS if each.name not in UNCHECKABLE])
def test_where_google_behaves_otherwise_the_belief_is_refuted_and_nothing_of_ours_stays(
    name: str, sandbox: Running, scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _held(sandbox)
    with monkeypatch.context() as patch:
        OTHERWISE[name](patch, sandbox)
        [belief] = [each for each in BELIEFS if each.name == name]
        [finding], troubles = probe(scratch, [belief], _quietly)
    assert (str(finding.verdict.standing), troubles) == ("refuted", []), finding.verdict
    assert _held(sandbox) == before


def test_a_fence_that_does_not_hold_is_refuted_with_the_pin_and_without_the_rest(
    sandbox: Running, scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    OTHERWISE["doubled-batches-are-refused"](monkeypatch, sandbox)
    found = _verdicts(scratch, "doubled-batches-are-refused", "moved-columns-refuse-the-batch", "batches-are-atomic")
    assert [str(verdict.standing) for verdict in found.values()] == ["confirmed", "refuted", "refuted"]
    assert found["doubled-batches-are-refused"].seen == "the second was answered taken; there stands second"


def test_without_a_second_account_its_beliefs_are_unknown_and_say_what_to_give(sandbox: Running) -> None:
    found = _verdicts(
        Scratch(_wire(sandbox, "sheetsync")), "editors-see-editors", "protected-ranges-are-400", "unshared-ids-are-403"
    )
    assert {str(verdict.standing) for verdict in found.values()} == {"unknown"}
    assert [re.findall(r"--[a-z-]+", verdict.seen) for verdict in found.values()] == [
        ["--unshared"], ["--second-credentials"], ["--second-credentials"]
    ]  # fmt: skip


def test_a_second_account_that_owns_the_spreadsheet_proves_nothing(sandbox: Running) -> None:
    scratch = Scratch(_wire(sandbox, "sheetsync"), _wire(sandbox, "person"))
    found = _verdicts(scratch, "editors-see-editors", "protected-ranges-are-400")
    assert [verdict.seen.split(": ")[1] for verdict in found.values()] == ["is it the owner?"] * 2


# ---------------------------------------------------------------- what it leaves behind


class _BugOfOurs(Exception):
    """Raised by a check that is wrong itself."""


@pytest.mark.parametrize("error", [KeyboardInterrupt, _BugOfOurs])
def test_an_interruption_in_the_middle_of_a_check_leaves_nothing_behind(
    error: type[BaseException], sandbox: Running, scratch: Scratch
) -> None:
    before = _held(sandbox)

    def check(scratch: Scratch) -> Verdict:
        scratch.batch(scratch.tab().added)
        raise error

    with pytest.raises(error):
        probe(scratch, [BELIEFS[-7], _belief(check)], _quietly)
    assert _held(sandbox) == before


def test_what_a_killed_probe_left_is_taken_away_by_the_next(sandbox: Running, scratch: Scratch) -> None:
    before = _held(sandbox)
    [fence] = [each for each in BELIEFS if each.name == "doubled-batches-are-refused"]
    fence.check(Scratch(_wire(sandbox, "sheetsync")))
    assert _held(sandbox) != before
    assert str(_verdicts(scratch, fence.name)[fence.name].standing) == "confirmed"
    assert _held(sandbox) == before


def test_what_could_not_be_taken_away_is_told(sandbox: Running, scratch: Scratch) -> None:
    def check(_: Scratch) -> Verdict:
        sandbox.state.workbooks[BOOK].shared_with[email_of("sheetsync")] = "reader"
        raise Refused("no longer.")

    findings, troubles = probe(scratch, [_belief(check)], _quietly)
    assert troubles[0] == "a-belief could not be checked: no longer."
    assert "may still be there" in troubles[1]
    assert "delete the tabs `sheetsync-probe …`" in troubles[1]
    assert document(BOOK, findings, troubles, RequestCount())["exit_code"] == 14


USED: list[tuple[str, list[dict[str, Any]]]] = [
    ("Blatt1", [{"updateCells": {"start": {"sheetId": 0}, "fields": "*", "rows": [{"values": [{"note": "x"}]}]}}]),
    ("Blatt2", [{"mergeCells": {"range": {"sheetId": 7}, "mergeType": "MERGE_ALL"}}]),
    ("Blatt2", [{"addProtectedRange": {"protectedRange": {"range": {"sheetId": 7}, "warningOnly": True}}}]),
    ("named ranges", [{"addNamedRange": {"namedRange": {"name": "x", "range": {"sheetId": 7}}}}]),
    ("metadata", [{"createDeveloperMetadata": {"developerMetadata": {
        "metadataKey": "sheetsync.generation", "location": {"spreadsheet": True}, "visibility": "DOCUMENT"}}}]),
    ("sheetsync-probe", [
        {"addSheet": {"properties": {"sheetId": 11, "title": "sheetsync-probe"}}},
        {"updateCells": {"start": {"sheetId": 11}, "fields": "*", "rows": [
            {"values": [{"userEnteredValue": {"stringValue": "x"}}]}]}}]),
]  # fmt: skip


@pytest.mark.parametrize(("named", "acts"), USED)
def test_a_spreadsheet_that_holds_anything_is_left_alone(
    named: str, acts: list[dict[str, Any]], sandbox: Running, scratch: Scratch
) -> None:
    sandbox.act(BOOK, acts)
    before = sandbox.export(BOOK)
    with pytest.raises(UsageError, match=f"no scratch spreadsheet: it holds something in .*{named}.* Create a blank"):
        probe(scratch, BELIEFS, _quietly)
    assert sandbox.export(BOOK) == before


def test_a_reader_is_told_to_have_it_shared_as_editor_and_nothing_is_tried(sandbox: Running) -> None:
    sandbox.state.workbooks[BOOK].shared_with[email_of("sheetsync")] = "reader"
    with pytest.raises(Refused, match="share it as Editor"):
        probe(Scratch(_wire(sandbox, "sheetsync")), BELIEFS, _quietly)
    assert len([each for each in sandbox.requests if each.status == 403]) == 1


# ---------------------------------------------------------------- one check and the others


def test_a_check_that_fails_does_not_stop_the_others(sandbox: Running, scratch: Scratch) -> None:
    def misread(_: Scratch) -> Verdict:
        raise KeyError("sheets")

    def refused(scratch: Scratch) -> Verdict:
        scratch.batch({"deleteSheet": {"sheetId": 4711}})
        raise AssertionError

    findings, troubles = probe(scratch, [_belief(misread), _belief(refused), BELIEFS[-7]], _quietly)
    assert [str(finding.verdict.standing) for finding in findings] == ["unknown", "unknown", "confirmed"]
    assert "shaped otherwise than described (KeyError: 'sheets')" in findings[0].verdict.seen
    assert "No grid with id: 4711" in findings[1].verdict.seen
    assert len(troubles) == 2


def test_when_google_is_gone_the_rest_is_not_waited_for(scratch: Scratch) -> None:
    asked: list[str] = []

    def gone(_: Scratch) -> Verdict:
        asked.append("once")
        raise Unreachable("nobody answers.")

    findings, troubles = probe(scratch, [_belief(gone)] * 3, _quietly)
    assert asked == ["once"]
    assert [finding.verdict.seen for finding in findings][1:] == ["Google was not reached any more"] * 2
    assert document(BOOK, findings, troubles, RequestCount())["exit_code"] == 14


@given(gaps=st.lists(st.floats(0, 30), max_size=60), limit=st.integers(1, 5))
def test_in_no_minute_there_are_more_requests_than_the_pace_allows(gaps: Sequence[float], limit: int) -> None:
    clock = TestClock()
    pace = Pace(clock, limit)
    sent: list[float] = []
    for gap in gaps:
        clock.passed += gap
        pace.keep("write")
        sent.append(clock.monotonic())
    assert all(later - first >= 60 - 1e-6 for first, later in zip(sent, sent[limit:], strict=False))


# ---------------------------------------------------------------- what is said


def test_refuted_beliefs_come_first_and_say_which_promise_does_not_hold(
    sandbox: Running, scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    OTHERWISE["doubled-batches-are-refused"](monkeypatch, sandbox)
    names = ("typed-text-stays-text", "doubled-batches-are-refused", "busy-means-not-applied")
    findings, troubles = probe(scratch, [each for each in BELIEFS if each.name in names], _quietly)
    probed = document(BOOK, findings, troubles, RequestCount(3, 4))
    assert probed["exit_code"] == 1
    assert [each["verdict"] for each in probed["beliefs"]] == ["refuted", "unknown", "confirmed"]
    lines = [re.sub(r"\x1b\[\d*m", "", line) for line in probe_text(probed, 100)]
    assert lines[0].startswith("refuted    doubled-batches-are-refused  the second was answered taken")
    assert "  does not hold at Google, and with it: a doubled, delayed or half refused write changes nothing" in lines
    assert lines[-1] == "2026-01-01: 1 refuted, 1 unknown, 1 confirmed; 3 reads, 4 writes"


def test_no_line_of_the_table_is_wider_than_the_terminal(scratch: Scratch) -> None:
    findings, troubles = probe(scratch, BELIEFS[2:12], _quietly)
    lines = list(probe_text(document(BOOK, findings, troubles, RequestCount()), 100))
    assert all(len(re.sub(r"\x1b\[\d*m", "", line)) <= 100 for line in lines)


def test_every_belief_has_a_name_of_its_own_and_a_sentence() -> None:
    every = (*BELIEFS, *ASSUMED)
    assert len({each.name for each in every}) == len(every)
    for each in every:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", each.name)
        assert each.sentence.endswith(".")
    assert {each.name for each in BELIEFS} == OTHERWISE.keys() | UNCHECKABLE


def test_the_readme_lists_every_belief_as_the_code_says_it() -> None:
    table = [f"| `{each.name}` | {each.sentence} | {each.promise} |" for each in BELIEFS]
    table += [f"| `{each.name}` | {each.sentence} |" for each in ASSUMED]
    listed = [line for line in (TOP / "README.md").read_text().splitlines() if re.match(r"\| `[a-z0-9]+-", line)]
    assert listed == table
    assert len(Path(TOP / "ARCHITECTURE.md").read_text().split("sheetsync probe")) > 1
