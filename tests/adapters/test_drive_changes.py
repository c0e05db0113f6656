"""The listing of versions: one request over HTTP, its pages, its trouble, and what it asks for."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from sheetsync.adapters.drive_changes import SCOPES, DriveChanges
from sheetsync.errors import Refused, SheetsyncError, Unreachable
from sheetsync.ports import RequestCount
from sheetsync.sandbox import running
from tests.adapters.google_faults import Google, Reply, answer, complains, reset, says, silent, write_key
from tests.adapters.google_fixtures import PATIENCE, google, pem
from tests.season import STORY

__all__ = ["google", "pem"]


@pytest.fixture
def drive(google: Google, pem: str, tmp_path: Path) -> DriveChanges:
    google.usual = lambda _: answer(200, {"files": []})
    key = write_key(tmp_path / "key.json", pem, f"{google.base}/token")
    return DriveChanges(key, google.base, PATIENCE, RequestCount())


def file(name: str, version: int, trashed: bool = False) -> dict[str, object]:
    return {"id": name, "version": str(version), "modifiedTime": "2026-11-01T00:00:00.000Z", "trashed": trashed}


def test_pages_are_followed_and_bins_left_out(drive: DriveChanges, google: Google) -> None:
    google.will(says(200, {"files": [file("a", 3)], "nextPageToken": "~1"}), says(200, {"files": [file("b", 4, True)]}))
    assert list(drive.versions()) == ["a"]
    first, second = (parse_qs(urlsplit(seen.target).query) for seen in google.seen)
    assert first["fields"] == ["nextPageToken,files(id,version,modifiedTime,trashed)"]
    assert "mimeType = 'application/vnd.google-apps.spreadsheet'" in first["q"][0]
    assert (first.get("pageToken"), second["pageToken"]) == (None, ["~1"])


def test_a_listing_without_end_is_not_followed_for_ever(drive: DriveChanges, google: Google) -> None:
    google.usual = lambda _: answer(200, {"files": [], "nextPageToken": "~0"})
    with pytest.raises(Unreachable, match="no end"):
        drive.versions()


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (
            complains(403, "Drive API was never used", "accessNotConfigured"),
            Refused,
            "enable `drive.googleapis.com`",
        ),
        (complains(403, "SERVICE_DISABLED", "SERVICE_DISABLED"), Refused, "enable `drive.googleapis.com`"),
        (complains(403, "no", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"), Refused, f"allow it the scope {SCOPES[0]}"),
        (complains(403, "slow down", "userRateLimitExceeded"), Unreachable, "too many requests"),
        (complains(500, "Internal"), Unreachable, "answered 500"),
        (says(200, "<html>a portal"), Unreachable, "no usable answer"),
        (says(200, {"files": [{"id": "no version"}]}), Unreachable, "no usable answer"),
        (reset, Unreachable, "no usable answer"),
        (silent, Unreachable, "no usable answer"),
    ],
)
def test_trouble_is_one_line_that_says_what_to_do(
    drive: DriveChanges, google: Google, reply: Reply, kind: type[SheetsyncError], words: str
) -> None:
    google.will(reply)
    with pytest.raises(kind) as caught:
        drive.versions()
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "secret-token" not in str(caught.value)
    assert len(google.seen) == 1, "nothing is tried again: the next turn asks anyway"


def test_it_asks_for_metadata_only_and_sees_every_write(tmp_path: Path) -> None:
    assert SCOPES == ("https://www.googleapis.com/auth/drive.metadata.readonly",)
    with running(accounts=tmp_path / "accounts", stories=[STORY]) as sandbox:
        count = RequestCount()
        drive = DriveChanges(sandbox.key_file("sheetsync"), sandbox.base, 5, count)
        before = drive.versions()
        assert (len(before), count.drive, count.reads) == (3, 1, 0)
        assert drive.versions() == before
        book = next(iter(before))
        sandbox.share(book, "second")
        after = drive.versions()
        assert {name for name in before if after[name] != before[name]} == {book}
        sandbox.unshare(book, "sheetsync")
        assert book not in drive.versions()
