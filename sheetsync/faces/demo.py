"""The demo: the sandbox, a season's story, the real reconcile over HTTP, and once more: nothing is left to do.

Everything runs as a user would run it: the sandbox is a process of its own, the reconcile reads the example
configuration, a service-account key file and the environment.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sheetsync import wiring
from sheetsync.config import load
from sheetsync.errors import SheetsyncError
from sheetsync.faces.render import count_line, run_text
from sheetsync.faces.views import Document, reconcile_now

Say = Callable[[str], None]

_PACKAGE = Path(__file__).resolve().parent.parent
_READY = "sandbox ready "
_READY_SECONDS = 30
#: first cell of the story's column of slots, in the workbook of the Analytics team
_FIRST_SLOT = "E2"


def run_demo(keep: bool, folder: Path | None, say: Say) -> int:
    """Run the demo in `folder` (default: a temporary one); 0 when the second run wrote nothing."""
    with _workplace(folder) as place, _sandbox(place) as base:
        os.environ |= _environment(place, base)
        config = load(place / "config", os.environ)
        wiring.load_records(config, "campaigns", place / "story" / "records.csv")
        say(f"The sandbox speaks Google's protocol at {base}; three teams' workbooks are loaded.\n")
        done = reconcile_now(config, dry_run=False, accept_empty=frozenset())
        first = done.document
        for line in run_text(first, done.headings):
            say(line)
        second = reconcile_now(config, dry_run=False, accept_empty=frozenset()).document
        writes = second["requests"]["writes"]
        say(f"\nOnce more: {count_line(second)}")
        say("Nothing was written: what should stand in the sheets stands there." if not writes else "It wrote again!")
        if keep:
            _keep(place, base, first, say)
        return int(first["run"]["exit_code"] or second["run"]["exit_code"] or bool(writes))


@contextmanager
def _workplace(folder: Path | None) -> Iterator[Path]:
    """A folder with a copy of the example configuration and the story."""
    if folder is not None:
        if folder.exists() and any(folder.iterdir()):
            raise SheetsyncError(f"{folder} is not empty.", "Name another folder, or leave --folder out.")
        folder.mkdir(parents=True, exist_ok=True)
        _unpack(folder)
        yield folder.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="sheetsync-demo-", ignore_cleanup_errors=True) as temporary:
        place = Path(temporary).resolve()
        _unpack(place)
        yield place


def _unpack(place: Path) -> None:
    shutil.copytree(_shipped("config", "config"), place / "config", ignore=shutil.ignore_patterns("state"))
    shutil.copytree(_shipped("story", "fixtures/season"), place / "story")


def _shipped(inside: str, checkout: str) -> Path:
    """Data that travels inside an installed package and lies at the top of a checkout."""
    packaged = _PACKAGE / "_demo" / inside
    return packaged if packaged.exists() else _PACKAGE.parent / checkout


def _environment(place: Path, base: str) -> dict[str, str]:
    return {
        "SHEETS_EMULATOR_HOST": base,
        "SHEETSYNC_CREDENTIALS": str(place / "accounts" / "sheetsync.json"),
        "SHEETSYNC_LEDGER": str(place / "ledger.db"),
        "SHEETSYNC_RECORDS": str(place / "records.db"),
    }


@contextmanager
def _sandbox(place: Path) -> Iterator[str]:
    """The sandbox as a process of its own, on any free port."""
    command = [sys.executable, "-m", "sheetsync", "sandbox", "--port", "0"]
    command += ["--accounts", str(place / "accounts"), "--story", str(place / "story")]
    log = (place / "sandbox.log").open("w")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)  # noqa: S603
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line.startswith(_READY):
            raise SheetsyncError(f"the sandbox did not start: {_last_line(place / 'sandbox.log')}")
        yield line.removeprefix(_READY).strip()
    finally:
        process.terminate()
        process.wait(timeout=_READY_SECONDS)
        log.close()


def _last_line(log: Path) -> str:
    return next(iter(reversed(log.read_text().strip().splitlines())), "it said nothing")


def _keep(place: Path, base: str, first: Document, say: Say) -> None:
    environment = _environment(place, base) | {
        "SHEETSYNC_CONFIG": str(place / "config"),
        "SHEETSYNC_PERSON": str(place / "accounts" / "person.json"),
    }
    command = sys.argv[0] if sys.argv[0].endswith("sheetsync") else "sheetsync"
    late = next(flag["link"] for flag in first["flags"] if flag["field"] == "flight_end")
    beside = next(made["link"] for made in first["generated"] if made["field"] == "tracking_url")
    for line in (
        f"\nThe sandbox stays up: open {base} in a browser. In another terminal:\n",
        *(f"  export {name}={value}" for name, value in environment.items()),
        "\nChange a cell as a person would, and see what becomes of its flag:\n",
        f"  {command} sandbox edit '{late}' 30.11.2026",
        f"  {command} reconcile",
        f"  {command} truth NL-1003 flight_end",
        "\nSort the placements by their slot and look: each value is still beside its row, with nobody at work:\n",
        f"  {command} sandbox sort '{beside.rpartition('=')[0]}={_FIRST_SLOT}'",
        "\nCtrl-C here ends it.",
    ):
        say(line)
    # An ending by hand is the only ending there is.
    with suppress(KeyboardInterrupt):
        while True:
            wiring.wait(3600)
    say("")
