"""The daemon at the terminal: one JSON line per turn on stdout, a log for people on stderr, and `/healthz`."""

import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from sheetsync import wiring
from sheetsync.engine.daemon import Daemon, Kind, Turn, watch
from sheetsync.engine.documents import decision_documents
from sheetsync.engine.notifying import Courier
from sheetsync.engine.remembering import run_counts
from sheetsync.errors import SheetsyncError
from sheetsync.faces.healthz import healthz
from sheetsync.faces.notifying import not_told
from sheetsync.faces.terminal import load
from sheetsync.ports import Clock
from sheetsync.ports.watching import Attentive, Stopping

Document = Mapping[str, Any]

VERSION = 1


def run_daemon(folder: Path, once: bool, port: int | None) -> int:
    """Turn after turn until a signal ends it, or one turn; returns the exit code. Raises `ConfigError`."""
    clock = wiring.listening()
    log = _Log(clock)
    with clock.listening():
        try:
            if once:
                return _one_turn(folder, clock, log)
            _serve(folder, port, clock, log)
        except Stopping:
            log("Stopped; the next start goes on from here.")
    return 0


def _one_turn(folder: Path, clock: Attentive, log: Callable[[str], None]) -> int:
    config = load(folder)
    turn = wiring.daemon(config, clock, log).turn()
    _print(turn_document(turn, None))
    _tell(turn, log)
    _deliver(wiring.courier(config, clock), turn, log)
    if turn.error is not None:
        return turn.error.exit_code
    return turn.run.exit_code if turn.run is not None else 0


def _serve(folder: Path, port: int | None, clock: Attentive, log: Callable[[str], None]) -> None:
    health = Health(clock)
    couriers: list[Courier] = []

    def make() -> Daemon:
        config = load(folder)
        daemon = wiring.daemon(config, clock, log)
        couriers[:] = [wiring.courier(config, clock)]
        health.overdue = timedelta(seconds=daemon.rhythm.overdue)
        return daemon

    def report(turn: Turn, rest: float) -> None:
        health.note(turn, rest)
        _print(turn_document(turn, rest))
        _tell(turn, log)
        _deliver(couriers[0], turn, log)

    first = load(folder)
    with ExitStack() as stack:
        if wanted := first.daemon.health_port if port is None else port:
            try:
                taken = stack.enter_context(healthz(wanted, health.document))
                log(f"Watching; health at http://127.0.0.1:{taken}/healthz")
            except OSError as error:
                log(f"No health page: port {wanted} is taken ({error.strerror}); set daemon.health_port or --port.")
        watch(make, clock, wiring.chance, report, log)


def turn_document(turn: Turn, rest: float | None) -> Document:
    """One turn as one line of JSON: figures and names of sources, never what a cell says.

    `ts` is when the turn began, `seconds` how long it took, `next_in` seconds until the next (null: none).
    """
    run = turn.run
    counts = run_counts(run) if run is not None else {}
    return {
        "version": VERSION,
        "ts": turn.started.isoformat(timespec="milliseconds"),
        "run": run.id if run is not None else None,
        "kind": str(turn.kind),
        "seconds": round(turn.seconds, 3),
        "reads": turn.requests.reads,
        "writes": turn.requests.writes,
        "drive": turn.requests.drive,
        "changed": list(turn.changed),
        "flags": counts.get("flags"),
        "written": counts.get("written", 0),
        "held": counts.get("held"),
        "troubles": sorted({trouble.source for trouble in run.troubles}) if run is not None else [],
        "quarantined": [name for name, _ in turn.quarantined],
        "exit_code": turn.error.exit_code if turn.error else run.exit_code if run is not None else 0,
        "next_in": None if rest is None else round(rest, 1),
    }


def _tell(turn: Turn, log: Callable[[str], None]) -> None:
    """What of a turn people want to read; an idle one is no news."""
    if turn.error is not None:
        log(f"{turn.error} The next turn tries again.")
    if turn.run is None:
        return
    for trouble in turn.run.troubles:
        log(str(trouble.error))
    for decision in decision_documents(turn.run):
        log(f"Decision on {decision['id']}: {decision['outcome']}. {decision['told']}")
    counts = run_counts(turn.run)
    changed = ", ".join(turn.changed) or "nothing"
    log(f"Run {turn.run.id}: changed {changed}; {counts['flags']} flags, {counts['written']} workbooks written.")


def _deliver(courier: Courier, turn: Turn, log: Callable[[str], None]) -> None:
    """Tell people what waits, between two turns: nobody else is held up by it."""
    try:
        line = not_told(courier.turn(is_news=turn.run is not None))
    except SheetsyncError as error:
        line = f"nobody was told anything: {error}"
    if line:
        log(f"notify: {line}")


class _Log:
    """Lines for people on stderr, each with its time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self, line: str) -> None:
        click.echo(f"{self._clock.now():%Y-%m-%dT%H:%M:%SZ} {line}", err=True)


def _print(document: Document) -> None:
    click.echo(json.dumps(document, ensure_ascii=False))


class Health:
    """What `/healthz` says. Read by another thread: each attribute is replaced as a whole."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: Document = {"last_turn": None, "last_run": None, "last_success": None, "next_turn": None}
        self._quarantined: list[Document] = []
        self._alive = clock.now()
        #: without the end of a turn for so long we are not well
        self.overdue = timedelta(minutes=10)

    def note(self, turn: Turn, rest: float) -> None:
        """A turn has ended; the next one begins in `rest` seconds."""
        now = self._clock.now()
        success = turn.kind is Kind.IDLE or (turn.run is not None and turn.run.exit_code == 0)
        run = {"id": turn.run.id, "exit_code": turn.run.exit_code} if turn.run is not None else self._told["last_run"]
        self._told = {
            "last_turn": _time(now),
            "last_run": run,
            "last_success": _time(now) if success else self._told["last_success"],
            "next_turn": _time(now + timedelta(seconds=rest)),
        }
        self._quarantined = [
            {"source": name, "failures": one.failures, "error": str(one.error)} for name, one in turn.quarantined
        ]
        self._alive = now

    def document(self) -> Document:
        """As answered. "starting" until the first turn has ended, "stale" when none has ended for too long."""
        told, is_late = self._told, self._clock.now() - self._alive > self.overdue
        state = "stale" if is_late else "ok" if told["last_turn"] else "starting"
        return {"version": VERSION, "state": state, **told, "quarantined": self._quarantined}


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
