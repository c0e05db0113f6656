"""`sheetsync daemon` as a process: signals, its lines, its health, and others at work beside it."""

import json
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from sheetsync.adapters.sql_leases import SqlLeases
from sheetsync.adapters.system_clock import SystemClock
from sheetsync.sandbox.server import RequestRecord
from tests.adapters.google_faults import complains, serving, write_key
from tests.adapters.google_fixtures import pem
from tests.e2e.command import COMMAND, environment, sheetsync
from tests.engine.people import assert_beside_their_rows, briefs, builder
from tests.season import Season, season

__all__ = ["pem"]

pytestmark = pytest.mark.e2e

#: seconds in which a daemon that was asked to end has ended
SOON = 5.0


class Daemon:
    """A daemon as a process; its lines are read as they come."""

    def __init__(self, folder: Path, environ: Mapping[str, str], *arguments: str) -> None:
        self.process = subprocess.Popen(
            [COMMAND, "daemon", "--config", str(folder), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(**environ),
        )
        self.turns: list[dict[str, Any]] = []
        self.told: list[str] = []
        self._readers = [
            threading.Thread(target=self._read, args=(self.process.stdout, self._turn), daemon=True),
            threading.Thread(target=self._read, args=(self.process.stderr, self.told.append), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream: Any, take: Any) -> None:
        with stream:
            for line in stream:
                take(line.rstrip("\n"))

    def _turn(self, line: str) -> None:
        self.turns.append(json.loads(line))

    def wait_for(self, what: Any, seconds: float = 30.0) -> None:
        """Until `what()` holds."""
        until = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < until, (self.turns, self.told)
            assert self.process.poll() is None, (self.process.returncode, self.told)
            time.sleep(0.02)

    def close(self) -> None:
        """Kill it where it still runs, and hear its last words."""
        self.process.kill()
        self.process.wait()
        for reader in self._readers:
            reader.join()

    def end(self, number: int = signal.SIGTERM) -> float:
        """Ask it to end; how long it took."""
        started = time.monotonic()
        self.process.send_signal(number)
        assert self.process.wait(timeout=30) == 0, self.told
        took = time.monotonic() - started
        for reader in self._readers:
            reader.join()
        assert not [line for line in self.told if "Traceback" in line], self.told
        return took


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Season]:
    """The season after its first cycle, watched every second."""
    with season(tmp_path / "season") as loaded:
        settings = "\ndaemon: {interval_seconds: 1, slowest_seconds: 1, health_port: 0}\n"
        with (loaded.folder / "sheetsync.yaml").open("a") as file:
            file.write(settings)
        loaded.reconcile()
        yield loaded


@contextmanager
def daemon(town: Season, *arguments: str) -> Iterator[Daemon]:
    one = Daemon(town.folder, town.environment, *arguments)
    try:
        yield one
    finally:
        one.close()


def leases(town: Season) -> int:
    with closing(sqlite3.connect(town.place / "ledger.db")) as database:
        return int(database.execute("SELECT COUNT(*) FROM leases").fetchone()[0])


def rename(town: Season, name: str) -> None:
    briefs(town).type(*briefs(town).find("Advent Calendar"), name)


class Stall:
    """A sandbox that keeps the answer to a request back."""

    def __init__(self, town: Season, method: str) -> None:
        self.reached = threading.Event()
        self._go_on = threading.Event()
        self._method = method
        self._town = town
        town.sandbox.between = self._hold

    def _hold(self, record: RequestRecord) -> None:
        if record.method == self._method and "spreadsheets" in record.path:
            self.reached.set()
            self._go_on.wait(20)

    def over(self) -> None:
        self._town.sandbox.between = None
        self._go_on.set()


# ---------------------------------------------------------------- signals


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_at_rest_it_ends_at_once(town: Season, number: int) -> None:
    with daemon(town) as one:
        one.wait_for(lambda: one.turns)
        assert one.end(number) < 2
    assert leases(town) == 0
    assert one.told[-1].endswith("Stopped; the next start goes on from here.")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_in_the_middle_of_a_request_that_stalls_it_ends_soon_and_nothing_is_lost(town: Season, method: str) -> None:
    """POST: the batch has been applied, and nobody was told; the journal says what to do about it."""
    rename(town, "Advent calendar 2026")
    stall = Stall(town, method)
    with daemon(town) as one:
        one.wait_for(stall.reached.is_set)
        assert one.end() < SOON
    stall.over()
    assert leases(town) == 0
    assert town.reconcile()["run"]["exit_code"] == 0
    assert town.reconcile()["requests"]["writes"] == 0
    assert_beside_their_rows(town, complete=True)
    with closing(sqlite3.connect(town.place / "ledger.db")) as database:
        told = database.execute("SELECT COUNT(*) FROM history WHERE new = 'Advent calendar 2026'").fetchone()
        assert told == (1,)


def test_in_a_retry_wait_it_ends_at_once(town: Season, pem: str) -> None:
    with serving() as google:
        google.will(*[complains(503, "later") for _ in range(50)])
        key = write_key(town.place / "key.json", pem, f"{google.base}/token")
        environ = town.environment | {"SHEETS_EMULATOR_HOST": google.base, "SHEETSYNC_CREDENTIALS": str(key)}
        one = Daemon(town.folder, environ)
        try:
            one.wait_for(lambda: len(google.seen) >= 4)
            time.sleep(0.3)
            assert one.end() < 2
        finally:
            one.close()


def test_where_no_signal_reaches_it_ends_from_the_side(town: Season) -> None:
    """SQLite waits ten seconds for a locked file, and hears nothing meanwhile."""
    with closing(sqlite3.connect(town.place / "ledger.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        reads = len(town.sandbox.requests)
        with daemon(town) as one:
            one.wait_for(lambda: sum("spreadsheets" in it.path for it in town.sandbox.requests[reads:]) >= 3)
            time.sleep(1.5)
            assert one.end() < SOON
        other.execute("ROLLBACK")
    assert town.reconcile()["run"]["exit_code"] == 0


def test_a_signal_while_it_gets_up_is_heard_too(town: Season) -> None:
    with daemon(town, "--port", "0") as one:
        time.sleep(0.05)
        one.process.send_signal(signal.SIGTERM)
        assert one.process.wait(timeout=SOON) in (0, -signal.SIGTERM)


def test_sighup_takes_a_valid_configuration_and_refuses_an_invalid_one(town: Season) -> None:
    sources = town.folder / "sources.yaml"
    valid = sources.read_text()
    with daemon(town) as one:
        one.wait_for(lambda: one.turns)
        sources.write_text(valid.replace("mode: sidecar", "mode: sidecart"))
        one.process.send_signal(signal.SIGHUP)
        one.wait_for(lambda: any("the one before stays" in line for line in one.told))
        assert any("sources.yaml:" in line and "did you mean 'sidecar'?" in line for line in one.told), one.told
        before = len(one.turns)
        one.wait_for(lambda: len(one.turns) > before)
        assert one.turns[-1]["kind"] == "idle"
        sources.write_text(valid.replace("title: Landing pages", "title: Zielseiten"))
        one.process.send_signal(signal.SIGHUP)
        one.wait_for(lambda: any("was read again" in line for line in one.told))
        one.wait_for(lambda: one.turns[-1]["kind"] == "cycle" or one.turns[-2]["kind"] == "cycle")
        one.end()


# ---------------------------------------------------------------- lines and health


def test_a_change_is_reconciled_and_told_in_a_line(town: Season) -> None:
    with daemon(town) as one:
        one.wait_for(lambda: one.turns and one.turns[-1]["kind"] == "idle")
        before = len(one.turns)
        builder(town).type(*builder(town).find("Advent teaser"), "Advent teaser 2")
        one.wait_for(lambda: any(turn["written"] for turn in one.turns[before:]))
        one.wait_for(lambda: one.turns[-1]["kind"] == "idle" and one.turns[-1]["reads"] == 0)
        one.end()
    line = next(turn for turn in one.turns[before:] if turn["written"])
    assert (line["kind"], line["changed"], line["troubles"], line["exit_code"]) == ("cycle", ["utm"], [], 0)
    assert_beside_their_rows(town, complete=True)
    assert town.reconcile()["requests"]["writes"] == 0


def test_health_is_answered_on_loopback(town: Season) -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with daemon(town, "--port", str(port)) as one:
        one.wait_for(lambda: one.turns)
        one.wait_for(lambda: any(f"http://127.0.0.1:{port}/healthz" in line for line in one.told))
        answer = requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5)
        assert (answer.status_code, answer.json()["state"], answer.json()["quarantined"]) == (200, "ok", [])
        assert requests.get(f"http://127.0.0.1:{port}/", timeout=5).status_code == 404
        with daemon(town, "--port", str(port)) as second:
            second.wait_for(lambda: second.turns)
            assert any("is taken" in line for line in second.told), "it works without"
            second.end()
        one.end()


# ---------------------------------------------------------------- others beside it


def test_once_finds_the_lock_held_and_says_who_holds_it(town: Season) -> None:
    with SqlLeases(town.place / "ledger.db", SystemClock()).hold("run"):
        done = sheetsync("daemon", "--once", "--config", str(town.folder), environ=environment(**town.environment))
    assert done.returncode == 13
    assert "holds the lock" in done.stderr
    assert json.loads(done.stdout)["kind"] == "skipped"
    done = sheetsync("daemon", "--once", "--config", str(town.folder), environ=environment(**town.environment))
    assert (done.returncode, json.loads(done.stdout)["kind"]) == (0, "cycle")


def test_two_daemons_and_a_cron_line_at_once_lose_nothing_and_double_nothing(town: Season) -> None:
    names = [f"Advent calendar {number}" for number in range(4)]
    with daemon(town) as one, daemon(town) as two:
        for each in (one, two):
            each.wait_for(lambda each=each: each.turns)
        last = "Advent Calendar"
        for name in names:
            briefs(town).type(*briefs(town).find(last), name)
            last = name
            done = sheetsync("reconcile", "--config", str(town.folder), environ=environment(**town.environment))
            assert done.returncode in (0, 13), done.stderr
        for each in (one, two):
            each.wait_for(lambda each=each: each.turns[-1]["kind"] == "idle" and each.turns[-1]["reads"] == 0)
            each.end()
    with closing(sqlite3.connect(town.place / "ledger.db")) as database:
        told = [new for (new,) in database.execute("SELECT new FROM history WHERE field = 'campaign_name'")]
    assert len(told) == len(set(told))
    assert told[-1] == names[-1]
    assert town.reconcile()["requests"]["writes"] == 0
    assert_beside_their_rows(town, complete=True)


def test_an_invalid_configuration_at_the_start_is_told_and_ends_it(town: Season) -> None:
    (town.folder / "sources.yaml").write_text("sources: 3\n")
    done = sheetsync("daemon", "--config", str(town.folder), environ=environment(**town.environment))
    assert done.returncode == 2
    assert "sources.yaml:1" in done.stderr
    assert done.stdout == ""
