"""The ledger looked at from outside: nothing is made, upgraded or locked."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from sheetsync.adapters.sql_file import ANOTHER_LEDGER, looking_into
from sheetsync.adapters.sql_leases import SqlLeases
from sheetsync.adapters.sql_schema import HEAD, REVISIONS
from sheetsync.core.checkup import Finding, failure, warning, well
from sheetsync.ports import Clock

#: below this much free space a day's history may not fit
_LEAST_FREE_MB = 200
#: the revision that brought leases
_WITH_LEASES = "0002"


def examine_ledger(path: Path, clock: Clock, lease: str) -> Iterator[Finding]:
    """Can the ledger be written, is it ours and not newer than we are, is a run at work, is there room to grow?

    Raises `SheetsyncError` for a file that is damaged, newer, or another program's.
    """
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    placed = list(_place(path, folder))
    yield from placed
    if path.is_file() and not placed:
        yield from _content(path, clock, lease)
    yield from _room(folder)


def _place(path: Path, folder: Path) -> Iterator[Finding]:
    if path.is_dir():
        yield failure(f"the ledger {path} is a folder", "Name a file in SHEETSYNC_LEDGER or ledger.path.")
    elif not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        yield failure(f"{folder}, where the ledger goes, is not writable", f"Make it writable, {ANOTHER_LEDGER}.")
    elif not path.exists():
        yield well(f"none at {path} yet: the first run makes it")
    elif not os.access(path, os.R_OK | os.W_OK):
        yield failure(f"the ledger {path} is not writable", f"Make it writable, {ANOTHER_LEDGER}.")


def _content(path: Path, clock: Clock, lease: str) -> Iterator[Finding]:
    with looking_into(path) as (connection, stored):
        if stored is not None and stored not in REVISIONS:
            yield failure(f"the ledger {path} was written by a newer sheetsync", f"Upgrade, {ANOTHER_LEDGER}.")
            return
        with_leases = stored is not None and REVISIONS.index(stored) >= REVISIONS.index(_WITH_LEASES)
        holder = SqlLeases(path, clock).seen(connection, lease) if with_leases else ""
    if holder:
        yield warning(f"{holder} holds the lock of {path}", "Wait until it has ended before you run another.")
    else:
        older = "" if stored == HEAD else "; the next run brings it up to date"
        yield well(f"{path} is writable, and no run is at work{older}")


def _room(folder: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(folder).free // 2**20
    if free < _LEAST_FREE_MB:
        yield warning(f"only {free} MB are free on the disk of {folder}", f"Free some space: {_LEAST_FREE_MB} MB do.")
