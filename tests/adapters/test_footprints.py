"""What the ledger keeps of each run, so that it can be taken back: whole, and not for ever."""

import json
import sqlite3
import zlib
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sheetsync.adapters.sql_footprints import DAYS_KEPT, RUNS_KEPT
from sheetsync.adapters.sql_ledger import SqlLedger
from sheetsync.core.graph import Visibility
from sheetsync.core.model import Place
from sheetsync.core.undo import BookPrint, Inserted
from sheetsync.ports import Footprint, LinePrint, Outcome, Published, RunRecord, Withdrawal

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
OFFER, URL = ("briefs", "NL-7", "offer"), ("utm", "NL-7\ud800", "tracking_url")
BOOK = BookPrint(
    "sheet-1",
    "Q4",
    ("briefs",),
    None,
    (("key", "status"), ("briefs␟NL-7", "OK")),
    (Inserted("briefs", 0, "status"),),
    ("take our column Q4!M away",),
    {"": Visibility.FIELDS},
)
WHERE = Place("official", "records", "campaigns", None, 3, 5, "offer")
MOVED = Footprint(
    [BOOK, replace(BOOK, before=(), inserted=())],
    {OFFER: (None, "20 %"), URL: ("a", "b")},
    {URL: (None, Published(*URL, "https://x", NOON)), OFFER: (Published(*OFFER, "y", NOON), None)},
    ("NL-1366",),
    [LinePrint("official", "NL-7", "offer", WHERE, {"campaign_id": "NL-7"}, "20%", "20% off", "25%", "25% off")],
)


def outcome(run: str, ended: datetime, moved: Footprint) -> Outcome:
    return Outcome(RunRecord(run, ended, ended, 0, {}), (), (), (), {}, (), {}, 0, (), footprint=moved)


def test_a_footprint_comes_out_as_it_went_in(tmp_path: Path) -> None:
    ledger = SqlLedger(tmp_path / "ledger.db")
    ledger.commit(outcome("one", NOON, MOVED))
    ledger.commit(outcome("two", NOON, Footprint()))
    kept, quiet = ledger.footprint("one"), ledger.footprint("two")
    assert kept == MOVED
    assert quiet is not None
    assert quiet.is_empty
    assert (ledger.footprint("three"), ledger.knows_run("three"), ledger.newest_footprint()) == (None, False, "one")


def test_one_that_an_older_sheetsync_kept_as_one_text_is_read_too(tmp_path: Path) -> None:
    ledger = SqlLedger(tmp_path / "ledger.db")
    ledger.commit(outcome("one", NOON, MOVED))
    whole: dict[str, list[Any]] = {}
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as database, database:
        (packed,) = database.execute("SELECT document FROM footprints").fetchone()
        for piece in map(json.loads, zlib.decompress(packed).splitlines()):
            for name, its in piece.items():
                whole.setdefault(name, []).extend(its)
        database.execute("UPDATE footprints SET document = ?", [json.dumps(whole)])
    assert ledger.footprint("one") == MOVED


def test_only_the_newest_runs_that_moved_something_are_kept_and_none_for_ever(tmp_path: Path) -> None:
    ledger = SqlLedger(tmp_path / "ledger.db")
    for number in range(RUNS_KEPT + 1):
        ledger.commit(outcome(f"run {number}", NOON, MOVED))
        ledger.commit(outcome(f"quiet {number}", NOON, Footprint()))
    assert ledger.footprint("run 0") is None
    assert ledger.footprint("run 1") == MOVED
    ledger.commit(outcome("later", NOON + DAYS_KEPT + timedelta(seconds=1), Footprint()))
    assert ledger.footprint(f"run {RUNS_KEPT}") is None
    assert ledger.knows_run("run 0")


def test_what_is_withdrawn_goes_back_or_goes_and_is_not_withdrawn_again(tmp_path: Path) -> None:
    ledger = SqlLedger(tmp_path / "ledger.db")
    value = Published(*URL, "https://x", NOON)
    first = replace(outcome("one", NOON, MOVED), baselines={OFFER: "20 %", URL: "b"}, published=[value])
    ledger.commit(first)
    undo = Withdrawal(RunRecord("undo", NOON, NOON, 0, {}), "one", True, (), {OFFER: None, URL: "a"}, {URL: None})
    ledger.withdraw_run(undo)
    memory = ledger.memory()
    assert (dict(memory.baselines), dict(memory.published)) == ({URL: "a"}, {})
    kept, own = ledger.footprint("one"), ledger.footprint("undo")
    assert kept is not None
    assert own is not None
    assert (kept.undone_by, own.undoes, ledger.newest_footprint()) == ("undo", "one", "")
