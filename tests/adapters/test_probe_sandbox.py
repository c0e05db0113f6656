"""What the sandbox guesses about Google: named where it guesses, tried by the probe, and nothing of it left behind."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sheetsync.sandbox
from sheetsync.adapters.google_probe import ASSUMED, BELIEFS, Belief, Promise, Scratch, Verdict, document, probe
from sheetsync.adapters.google_probe.drive import FILES, FOLDER
from sheetsync.ports import RequestCount
from sheetsync.sandbox import Running, email_of, oauth, running
from sheetsync.sandbox.drive import api_files
from sheetsync.sandbox.drive.errors import refused
from sheetsync.sandbox.model import Workbook
from tests.adapters.another_guess import WRONG
from tests.adapters.test_probe import BOOK, FOREIGN, _held, _put, _quietly, _wire
from tests.witness.exchanges import Manners
from tests.witness.watching import Witness

AUTH = "https://www.googleapis.com/auth/"
NEEDS_SECOND = {"revisions-are-for-editors"}
UNCHECKABLE = {"quota-minutes-begin-with-a-request"}
#: what is tried in files of the probe's own
IN_FILES = {
    "revisions-are-for-editors", "folders-have-no-revisions", "what-hangs-on-a-file-leaves-its-time",
    "files-lie-in-one-folder", "imported-tabs-are-new", "imported-tabs-have-room", "comments-come-newest-first",
    "comments-need-content", "pending-owners-are-writers",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _wrong_on_purpose(witness: Witness) -> None:
    """One guess is about a request that Google's description does not allow; it is refused."""
    witness.manners = Manners(wrong=True)


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.fixture
def sandbox(server: Running) -> Running:
    """A blank spreadsheet shared with two accounts, and a file of another person's that looks like the probe's."""
    server.requests.clear()
    for book in list(server.state.workbooks):
        server.state.remove(book)
    _put(server, BOOK, {email_of("sheetsync"): "writer", email_of("second"): "writer"})
    _put(server, FOREIGN, {})
    return server


@pytest.fixture
def scratch(sandbox: Running) -> Scratch:
    return Scratch(_wire(sandbox, "sheetsync"), _wire(sandbox, "second"), FOREIGN, files=True)


def _world(sandbox: Running) -> Any:
    """Everything that a probe could leave something in."""
    return sorted(sandbox.state.workbooks), _held(sandbox)


def _standings(scratch: Scratch, beliefs: tuple[Belief, ...] = ASSUMED) -> dict[str, str]:
    findings, troubles = probe(scratch, beliefs, _quietly)
    assert troubles == []
    return {finding.belief.name: str(finding.verdict.standing) for finding in findings}


def _named(*names: str) -> tuple[Belief, ...]:
    return tuple(each for each in ASSUMED if each.name in names)


# ---------------------------------------------------------------- names


def test_every_guess_of_the_sandbox_has_a_name_that_the_probe_knows_and_the_other_way_round() -> None:
    folder = Path(sheetsync.sandbox.__file__).parent
    texts = [path.read_text() for path in folder.rglob("*.py")]
    marks = [mark for text in texts for mark in re.findall(r"\[believed[^\]]*\]", text)]
    assert len(marks) > 30
    named = [name for mark in marks for name in mark.removeprefix("[believed: ").removesuffix("]").split(", ")]
    assert set(named) <= {each.name for each in (*BELIEFS, *ASSUMED)}
    assert {each.name for each in ASSUMED} <= set(named)
    assert not [text for text in texts if re.search(r"\[[^\]]*;[^\]]*believed", text)], "hidden in another mark"


def test_only_what_no_promise_rests_on_is_the_sandboxs_and_each_can_be_seen_to_fail() -> None:
    assert {each.promise for each in ASSUMED} == {Promise.SANDBOX}
    assert Promise.SANDBOX not in {each.promise for each in BELIEFS}
    assert {each.name for each in ASSUMED} == WRONG.keys() | UNCHECKABLE


# ---------------------------------------------------------------- what it finds


def test_in_the_sandbox_every_guess_holds_that_can_be_checked_and_nothing_of_ours_stays(sandbox: Running) -> None:
    before, count = _world(sandbox), RequestCount()
    first, second = (_wire(sandbox, account, count) for account in ("sheetsync", "second"))
    standings = _standings(Scratch(first, second, FOREIGN, files=True))
    assert standings == {each.name: "unknown" if each.name in UNCHECKABLE else "confirmed" for each in ASSUMED}
    assert _world(sandbox) == before
    assert max(count.reads, count.writes, count.drive) < 90, "three minutes at the pace it keeps"


@pytest.mark.parametrize("name", sorted(WRONG))
def test_where_google_is_otherwise_the_guess_is_refuted_and_nothing_of_ours_stays(
    name: str, sandbox: Running, scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _world(sandbox)
    with monkeypatch.context() as patch:
        WRONG[name](patch, sandbox)
        assert _standings(scratch, _named(name)) == {name: "refuted"}
    assert _world(sandbox) == before


# ---------------------------------------------------------------- rights that are missing


def test_without_a_second_account_what_needs_one_is_unknown(sandbox: Running) -> None:
    scratch = Scratch(_wire(sandbox, "sheetsync"), files=True)
    found = _standings(scratch)
    assert {name for name, standing in found.items() if standing == "unknown"} == NEEDS_SECOND | UNCHECKABLE
    [finding], _ = probe(scratch, _named("what-hangs-on-a-file-leaves-its-time"), _quietly)
    assert finding.verdict.seen.endswith("no share was tried, for want of --second-credentials")


def test_an_account_that_owns_no_storage_leaves_unknown_what_needs_a_file_and_is_no_trouble(
    sandbox: Running, scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise refused(403, "The user's Drive storage quota has been exceeded.", "storageQuotaExceeded")

    monkeypatch.setattr(api_files, "new_file", full)
    monkeypatch.setattr("sheetsync.sandbox.drive.api_uploads.new_file", full)
    findings, troubles = probe(scratch, _named(*IN_FILES), _quietly)
    assert {finding.belief.name for finding in findings} == IN_FILES
    assert {finding.verdict.seen for finding in findings} == {
        "the account cannot make a file of its own: The user's Drive storage quota has been exceeded. "
        "Try it with a person's login."
    }
    assert document(BOOK, findings, troubles, RequestCount())["exit_code"] == 0


def _disabled(sandbox: Running, _: pytest.MonkeyPatch) -> str:
    sandbox.enable("drive", enabled=False)
    return "the Google Drive API is not enabled; enable `drive.googleapis.com`."


def _out_of_scope(sandbox: Running, _: pytest.MonkeyPatch) -> str:
    sandbox.narrow(f"{AUTH}spreadsheets")
    return f"the access token does not cover the scope {AUTH}drive."


def _not_allowed_to_ask(_: Running, patch: pytest.MonkeyPatch) -> str:
    patch.setattr(oauth, "KNOWN_SCOPES", {f"{AUTH}spreadsheets"})
    return f"no access token with the scope {AUTH}drive: no access token for sheetsync@"


@pytest.mark.parametrize("lack", [_disabled, _out_of_scope, _not_allowed_to_ask])
def test_without_rights_in_drive_its_beliefs_are_unknown_with_the_reason_and_the_others_go_on(
    lack: Any, sandbox: Running, scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    why = lack(sandbox, monkeypatch)
    try:
        names = ("comments-need-content", "not-binds-before-and", "only-people-are-owners", "new-tabs-are-1000-by-26")
        findings, troubles = probe(scratch, _named(*names), _quietly)
    finally:
        sandbox.enable("drive")
        sandbox.narrow()
    seen = {finding.belief.name: finding.verdict for finding in findings}
    assert troubles == []
    assert str(seen.pop("new-tabs-are-1000-by-26").standing) == "confirmed"
    assert {str(each.standing) for each in seen.values()} == {"unknown"}
    assert all(each.seen.startswith(why) for each in seen.values()), seen


def test_who_may_not_share_the_spreadsheet_is_told_so(sandbox: Running, scratch: Scratch) -> None:
    book = sandbox.state.workbooks[BOOK].copied()
    book.drive.settings["writersCanShare"] = False
    sandbox.state.commit(book, email_of("person"))
    [finding], _ = probe(scratch, _named("shares-give-a-known-role"), _quietly)
    assert finding.verdict.seen.startswith("the account may not see with whom the spreadsheet is shared: The user does")


def test_the_whole_of_drive_is_asked_for_only_where_the_sandboxs_guesses_are_tried(
    sandbox: Running, scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    usual = oauth._scopes

    def heard(given: str) -> frozenset[str]:
        asked.append(given)
        return usual(given)

    monkeypatch.setattr(oauth, "_scopes", heard)
    probe(Scratch(_wire(sandbox, "sheetsync"), _wire(sandbox, "second"), FOREIGN), BELIEFS, _quietly)
    assert set(asked) == {f"{AUTH}spreadsheets", f"{AUTH}drive.metadata.readonly"}
    probe(scratch, _named("not-binds-before-and"), _quietly)
    assert f"{AUTH}drive" in asked


# ---------------------------------------------------------------- what it leaves behind


class _BugOfOurs(Exception):
    """Raised by a check that is wrong itself."""


def _checking(check: Any) -> Belief:
    return Belief("a-guess", Promise.SANDBOX, "A sentence.", "something", check)


@pytest.mark.parametrize("error", [KeyboardInterrupt, _BugOfOurs])
def test_an_interruption_in_the_middle_of_a_file_or_a_share_leaves_nothing_behind(
    error: type[BaseException], sandbox: Running, scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _world(sandbox)

    def in_a_file(scratch: Scratch) -> Verdict:
        with scratch.drive.file():
            raise error

    def in_a_share(scratch: Scratch) -> Verdict:
        usual = scratch.drive.refusal

        def interrupted(*given: Any, **more: Any) -> None:
            usual(*given, **more)
            raise error

        monkeypatch.setattr(scratch.drive, "refusal", interrupted)
        scratch.drive.refused_share({"type": "anyone", "role": "reader"})
        raise AssertionError

    for check in (in_a_file, in_a_share):
        with pytest.raises(error):
            probe(scratch, [_checking(check)], _quietly)
        assert _world(sandbox) == before


def test_a_share_that_was_there_before_gets_its_role_again(
    sandbox: Running, scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    anyone = {"type": "anyone", "role": "commenter"}
    scratch.drive.ask("POST", f"{scratch.drive.scratch}/permissions", anyone)
    before = _world(sandbox)
    WRONG["shares-give-a-known-role"](monkeypatch, sandbox)
    assert _standings(scratch, _named("shares-give-a-known-role")) == {"shares-give-a-known-role": "refuted"}
    assert _world(sandbox) == before


def test_files_of_a_killed_probe_are_deleted_by_the_next_and_nobody_elses(sandbox: Running, scratch: Scratch) -> None:
    drive = scratch.drive
    named_alike = drive.ask("POST", FILES, {"name": "sheetsync-probe", "mimeType": FOLDER})["id"]
    theirs = Workbook("theirs", "sheetsync-probe", owner=email_of("person"))
    theirs.shared_with = {email_of("sheetsync"): "writer"}
    theirs.drive.app_properties["sheetsync.probe"] = "file"
    sandbox.state.commit(theirs, email_of("person"))
    before = sorted(sandbox.state.workbooks)
    drive.ask("POST", FILES, {"mimeType": FOLDER, "appProperties": {"sheetsync.probe": "file"}})
    assert len(sandbox.state.workbooks) == len(before) + 1
    probe(scratch, _named("new-tabs-are-1000-by-26"), _quietly)
    assert sorted(sandbox.state.workbooks) == before
    assert {named_alike, "theirs"} <= set(before)


def test_a_file_that_could_not_be_deleted_is_told(
    sandbox: Running, scratch: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stubborn(_: Any, __: str) -> None:
        raise refused(
            403, "The user does not have sufficient permissions for this file.", "insufficientFilePermissions"
        )

    monkeypatch.setattr(type(sandbox.state), "remove", stubborn)
    _, troubles = probe(scratch, _named("comments-need-content"), _quietly)
    assert troubles[0].startswith("comments-need-content could not be checked: ")
    assert troubles[1].startswith("files `sheetsync-probe` may still be in the account's Drive (")
    assert troubles[1].endswith("run the probe again.")
