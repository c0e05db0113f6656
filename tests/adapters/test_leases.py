"""What leases promise (`LeasesSuite`, for every adapter), and what ours promise of processes that went away."""

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sheetsync.adapters.sql_leases import EXPIRY, SqlLeases
from sheetsync.adapters.sql_ledger import SqlLedger
from sheetsync.adapters.system_clock import SystemClock
from sheetsync.errors import LockHeld
from sheetsync.ports import Clock, Leases
from tests.adapters import processes

HERE = "ana@here"
ELSEWHERE = "ben@elsewhere"


class SettableClock:
    """A `Clock` that stands still until it is told."""

    def __init__(self) -> None:
        self.present = datetime(2026, 11, 27, 12, 3, 4, tzinfo=UTC)

    def now(self) -> datetime:
        return self.present

    def monotonic(self) -> float:
        return self.present.timestamp()

    def sleep(self, seconds: float) -> None:
        self.present += timedelta(seconds=seconds)


#: leases of one ledger, as a certain holder sees them
LeasesOf = Callable[[str], Leases]


class LeasesSuite:
    """The port's promises. A subclass gives the fixture `leases_of`; all it makes share one ledger."""

    def test_a_lease_is_held_for_the_block_and_free_after_it(self, leases_of: LeasesOf) -> None:
        for holder in (HERE, ELSEWHERE, HERE):
            with leases_of(holder).hold("run"):
                pass

    def test_nobody_else_gets_a_lease_that_is_held(self, leases_of: LeasesOf) -> None:
        with leases_of(HERE).hold("run"):
            for holder in (HERE, ELSEWHERE):
                with pytest.raises(LockHeld), leases_of(holder).hold("run"):
                    pytest.fail("two at work")

    def test_it_is_not_held_twice_by_the_same(self, leases_of: LeasesOf) -> None:
        leases = leases_of(HERE)
        with leases.hold("run"):
            with pytest.raises(LockHeld), leases.hold("run"):
                pytest.fail("two at work")
            with pytest.raises(LockHeld), leases_of(ELSEWHERE).hold("run"):
                pytest.fail("the refused attempt gave away the lease")

    def test_leases_of_other_names_are_free(self, leases_of: LeasesOf) -> None:
        with leases_of(HERE).hold("run"), leases_of(ELSEWHERE).hold("another"):
            pass

    def test_a_run_that_fails_frees_its_lease(self, leases_of: LeasesOf) -> None:
        with pytest.raises(ZeroDivisionError), leases_of(HERE).hold("run"):
            _ = 1 / 0
        with leases_of(ELSEWHERE).hold("run"):
            pass

    def test_the_refusal_names_owner_process_age_and_end(self, leases_of: LeasesOf) -> None:
        with leases_of(HERE).hold("run"), pytest.raises(LockHeld) as caught, leases_of(ELSEWHERE).hold("run"):
            pass
        assert str(caught.value) == (
            f"Another run (ana@here, pid {os.getpid()}, for 0 s) holds the lock;"
            " wait, or if it is gone, the lock is free at 12:13:04Z"
        )
        assert caught.value.exit_code == 13


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("leases") / "ledger.db"
    SqlLedger(path).close()
    return path


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def leases_of(path: Path, clock: Clock) -> Iterator[Callable[[str], SqlLeases]]:
    with ExitStack() as opened:

        def leases(holder: str) -> SqlLeases:
            made = SqlLeases(path, clock, holder)
            opened.callback(made.close)
            return made

        yield leases


SqlLeasesOf = Callable[[str], SqlLeases]


class TestSqlLeases(LeasesSuite):
    pass


def test_nothing_is_opened_before_a_lease_is_wanted(tmp_path: Path) -> None:
    SqlLeases(tmp_path / "ledger.db", SystemClock())
    assert not list(tmp_path.iterdir())


def test_an_expired_lease_is_taken_over_and_stays_with_its_new_holder(
    leases_of: SqlLeasesOf, clock: SettableClock
) -> None:
    late = leases_of(HERE)
    with leases_of(ELSEWHERE).hold("unrelated"), ExitStack() as new:
        with late.hold("run"):
            clock.sleep(EXPIRY.total_seconds())
            new.enter_context(leases_of(ELSEWHERE).hold("run"))
            with pytest.raises(LockHeld, match=r"\(ben@elsewhere, pid .*\) took the lock over, so this one stopped"):
                late.renew("run")
        with pytest.raises(LockHeld), leases_of(HERE).hold("run"):
            pytest.fail("the late run gave away a lease that was not its own any more")


def test_a_renewed_lease_does_not_expire(leases_of: SqlLeasesOf, clock: SettableClock) -> None:
    leases = leases_of(HERE)
    with leases.hold("run"):
        clock.sleep(400)
        leases.renew("run")
        clock.sleep(400)
        with pytest.raises(LockHeld), leases_of(ELSEWHERE).hold("run"):
            pytest.fail("two at work")


def test_what_is_not_held_cannot_be_renewed(leases_of: SqlLeasesOf) -> None:
    with pytest.raises(LockHeld, match="took the lock over"):
        leases_of(HERE).renew("run")


def test_a_refusal_on_another_day_says_which_day_it_speaks_of(leases_of: SqlLeasesOf, clock: SettableClock) -> None:
    clock.present = clock.present.replace(hour=23, minute=59)
    with leases_of(HERE).hold("run"), pytest.raises(LockHeld) as caught, leases_of(ELSEWHERE).hold("run"):
        pass
    assert "is free at 2026-11-28 00:09:04Z" in str(caught.value)


@pytest.mark.parametrize(
    ("seconds", "told"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (299, "4 min"), (3600, "1 h"), (200_000, "55 h")]
)
def test_a_refusal_says_for_how_long_the_other_has_been_at_work(
    leases_of: SqlLeasesOf, clock: SettableClock, seconds: int, told: str
) -> None:
    leases = leases_of(HERE)
    with leases.hold("run"):
        clock.sleep(seconds)
        leases.renew("run")
        with pytest.raises(LockHeld, match=f"for {told}\\)"), leases_of(ELSEWHERE).hold("run"):
            pytest.fail("two at work")


DIES_HOLDING = """
import os, sys
from pathlib import Path
from sheetsync.adapters.sql_leases import SqlLeases
from sheetsync.adapters.system_clock import SystemClock
with SqlLeases(Path(sys.argv[1]), SystemClock(), "ana@here").hold("run"):
    os._exit(9)
"""


def test_the_lease_of_a_dead_process_is_taken_over_on_its_host_only(path: Path) -> None:
    assert processes.run(DIES_HOLDING, path) == (9, "")
    elsewhere, here = (SqlLeases(path, SystemClock(), holder) for holder in (ELSEWHERE, HERE))
    with closing(elsewhere), pytest.raises(LockHeld, match="ana@here"), elsewhere.hold("run"):
        pytest.fail("a process id means nothing on another host")
    with closing(here), here.hold("run"):
        pass


HOLDS = """
import sys
from pathlib import Path
from sheetsync.adapters.sql_leases import SqlLeases
from sheetsync.adapters.system_clock import SystemClock
with SqlLeases(Path(sys.argv[1]), SystemClock()).hold("run"):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="a process nobody has asked how it ended looks alive")
def test_the_lease_of_a_killed_process_is_free_at_once_also_before_its_parent_knows(path: Path) -> None:
    with closing(SqlLeases(path, SystemClock())) as leases, processes.start(HOLDS, path) as holder:
        assert answer(holder) == "held"
        with pytest.raises(LockHeld, match=rf"pid {holder.pid}, for \d s"), leases.hold("run"):
            pytest.fail("two at work")
        os.kill(holder.pid, signal.SIGKILL)
        os.waitid(os.P_PID, holder.pid, os.WEXITED | os.WNOWAIT)  # dead, and not yet waited for
        with leases.hold("run"):
            pass
    assert holder.returncode == -signal.SIGKILL


def test_a_restarted_container_does_not_wait_for_its_former_self(path: Path, leases_of: SqlLeasesOf) -> None:
    """There, every first process has the same id on the same host."""
    with closing(sqlite3.connect(path)) as connection, connection:
        former = (HERE, os.getpid(), "2026-11-27T12:00:00Z", "2026-11-27T12:10:00Z")
        connection.execute("INSERT INTO leases VALUES ('run', ?, ?, 'a token of then', ?, ?)", former)
    with leases_of(HERE).hold("run"):
        pass


CONTENDER = """
import sys
from pathlib import Path
from sheetsync.adapters.sql_leases import SqlLeases
from sheetsync.adapters.system_clock import SystemClock
from sheetsync.errors import LockHeld
leases = SqlLeases(Path(sys.argv[1]), SystemClock())
print("ready", flush=True)
sys.stdin.readline()
try:
    with leases.hold("run"):
        print("won", flush=True)
        sys.stdin.readline()
except LockHeld:
    print("lost", flush=True)
"""


def test_of_two_processes_that_start_at_once_exactly_one_wins(tmp_path: Path) -> None:
    with ExitStack() as running:
        contenders = [
            running.enter_context(processes.start(CONTENDER, tmp_path / "state" / "ledger.db")) for _ in range(2)
        ]
        assert [answer(it) for it in contenders] == ["ready", "ready"]
        for it in contenders:
            tell(it)
        assert sorted(answer(it) for it in contenders) == ["lost", "won"]
        for it in contenders:
            it.communicate(timeout=30)
        assert [it.returncode for it in contenders] == [0, 0]


def answer(process: processes.Process) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def tell(process: processes.Process) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def test_the_clock_tells_aware_utc_and_does_not_mind_a_wait_that_is_over() -> None:
    clock = SystemClock()
    before = clock.monotonic()
    clock.sleep(-1)
    assert clock.monotonic() >= before
    assert clock.now().utcoffset() == timedelta(0)
