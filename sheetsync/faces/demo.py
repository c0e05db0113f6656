"""The demo: the sandbox, a season's story, the real reconcile over HTTP, and once more: nothing is left to do.

Everything runs as a user would run it: the sandbox is a process of its own, the reconcile reads the example
configuration, a service-account key file and the environment.
"""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sheetsync import wiring
from sheetsync.config import load
from sheetsync.core.guards import Guard
from sheetsync.errors import SheetsyncError, UsageError
from sheetsync.faces.render import count_line, run_text
from sheetsync.faces.tables import Screen, paragraph
from sheetsync.faces.views import Document, reconcile_now

Say = Callable[[str], None]

_PACKAGE = Path(__file__).resolve().parent.parent
_READY = "sandbox ready "
_READY_SECONDS = 30
#: first cell of the story's column of slots, in the workbook of the Analytics team
_FIRST_SLOT = "E2"


def run_demo(keep: bool, folder: Path | None, say: Say) -> int:
    """Run the demo in `folder` (default: a temporary one); 0 when the second run wrote nothing."""
    with _ending_tidily(), _workplace(folder) as place, _sandbox(place) as (base, sandbox):
        os.environ |= _environment(place, base)
        config = load(place / "config", os.environ)
        wiring.load_records(config, "campaigns", place / "story" / "records.csv")
        say(f"The sandbox speaks Google's protocol at {base};")
        say(f"{len(config.rules.spreadsheets)} workbooks of as many teams are loaded, and the register.")
        say("Nothing was ever written into them, so a person has to say yes once:")
        say(f"  sheetsync reconcile --accept {Guard.FIRST_WRITE}\n")
        done = reconcile_now(config, dry_run=False, accept=[Guard.FIRST_WRITE])
        first = done.document
        for line in run_text(Screen.here(), first, done.headings):
            say(line)
        second = reconcile_now(config, dry_run=False, accept=()).document
        writes = second["requests"]["writes"]
        say("\nOnce more:")
        for line in paragraph(Screen.here(), count_line(second)):
            say(line)
        say("Nothing was written: what should stand in the sheets stands there." if not writes else "It wrote again!")
        if keep:
            _keep(place, base, sandbox, first, say)
        return int(first["run"]["exit_code"] or second["run"]["exit_code"] or bool(writes))


@contextmanager
def _ending_tidily() -> Iterator[None]:
    """A closed terminal or a `kill` ends the demo as Ctrl-C does: with its sandbox, and without leaving keys behind."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _workplace(folder: Path | None) -> Iterator[Path]:
    """A folder with a copy of the example configuration and the story."""
    if folder is not None:
        _make_empty(folder)
        _unpack(folder)
        yield folder.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="sheetsync-demo-", ignore_cleanup_errors=True) as temporary:
        place = Path(temporary).resolve()
        _unpack(place)
        yield place


def _make_empty(folder: Path) -> None:
    remedy = "Name another folder, or leave --folder out."
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken = any(folder.iterdir())
    except OSError as error:
        raise UsageError(f"{folder} cannot be made: {error.strerror}.", remedy) from error
    if taken:
        raise UsageError(f"{folder} is not empty.", remedy)


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
def _sandbox(place: Path) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """The sandbox as a process of its own, on any free port."""
    command = [sys.executable, "-m", "sheetsync", "sandbox", "--port", "0"]
    command += ["--accounts", str(place / "accounts"), "--story", str(place / "story")]
    log = (place / "sandbox.log").open("w")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)  # noqa: S603
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line.startswith(_READY):
            text = f"the sandbox did not start in {place}: {_last_line(place / 'sandbox.log')}."
            raise SheetsyncError(text, "`sheetsync sandbox --port 0` may say more.")
        yield line.removeprefix(_READY).strip(), process
    finally:
        process.terminate()
        process.wait(timeout=_READY_SECONDS)
        log.close()
        if process.stdout:
            process.stdout.close()


def _last_line(log: Path) -> str:
    return next(iter(reversed(log.read_text().strip().splitlines())), "it said nothing")


def _keep(place: Path, base: str, sandbox: "subprocess.Popen[str]", first: Document, say: Say) -> None:
    environment = _environment(place, base) | {
        "SHEETSYNC_CONFIG": str(place / "config"),
        "SHEETSYNC_PERSON": str(place / "accounts" / "person.json"),
    }
    command = sys.argv[0] if sys.argv[0].endswith("sheetsync") else "sheetsync"
    late = next(flag["link"] for flag in first["flags"] if (flag["source"], flag["field"]) == ("landing", "flight_end"))
    beside = next(made["link"] for made in first["generated"] if made["source"] == "utm")
    for line in (
        f"\nThe sandbox stays up: open {base} in a browser. In another terminal:\n",
        *(f"  export {name}={shlex.quote(value)}" for name, value in environment.items()),
        "\nChange a cell as a person would, and see what becomes of its flag:\n",
        f"  {command} sandbox edit '{late}' 30.11.2026",
        f"  {command} reconcile",
        f"  {command} truth NL-1003 flight_end",
        "\nSort the placements by their slot and look: each value is still beside its row, with nobody at work:\n",
        f"  {command} sandbox sort '{beside.rpartition('=')[0]}={_FIRST_SLOT}'",
        "\nCtrl-C here ends it; close the other terminal too, its variables point here.",
    ):
        say(line)
    with suppress(KeyboardInterrupt):
        while sandbox.poll() is None:
            wiring.wait(1)
        say("The sandbox has ended.")
    say("")
