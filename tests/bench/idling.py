"""What a turn of `sheetsync daemon` costs while nobody changes anything: the real program, watching the season.

The sandbox is in this process, where its requests can be counted; the daemon is a process of its own, whose processor
time the operating system tells.
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ruamel.yaml import YAML

from tests.bench.spent import cpu_so_far, spent_by
from tests.e2e.command import COMMAND, environment
from tests.season import SEASON, Season, season

#: enough that the hundredths of a second, in which processor time is told, do not matter
TURNS = 20
#: turns in which a daemon finds its feet: the first is a cycle, the next may read what it has written
SETTLING = 30


@dataclass(frozen=True)
class Idle:
    """One turn that finds nothing new, on average over some."""

    #: user and system, seconds
    cpu: float
    #: as the sandbox counts them, of whatever kind
    requests: float


def idle_turn() -> Idle:
    """What a turn costs the daemon over the season, after a full run."""
    with TemporaryDirectory() as place, season(Path(place), SEASON) as town:
        _turn_each_second(town.folder / "sheetsync.yaml")
        environ = environment(**town.environment)
        config = ("--config", str(town.folder))
        spent_by([COMMAND, "reconcile", *config, "--accept", "first_write"], environ)
        with _process([COMMAND, "daemon", *config, "--port", "0"], environ) as daemon:
            return _measured(daemon, town)


def _turn_each_second(settings: Path) -> None:
    yaml = YAML()
    document = yaml.load(settings)
    document["daemon"] |= {"interval_seconds": 1, "slowest_seconds": 1}
    yaml.dump(document, settings)


@contextmanager
def _process(command: list[str], environ: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environ)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _measured(daemon: "subprocess.Popen[str]", town: Season) -> Idle:
    turns = _turns(daemon)
    if not any(_is_quiet(turn) for _, turn in zip(range(SETTLING), turns, strict=False)):
        raise SystemExit("the daemon does not come to rest, nothing is measured")
    cpu, requests = cpu_so_far(daemon.pid), len(town.sandbox.requests)
    for _, turn in zip(range(TURNS), turns, strict=False):
        if not _is_quiet(turn):
            raise SystemExit(f"a turn that should be idle is not, nothing is measured: {turn}")
    return Idle((cpu_so_far(daemon.pid) - cpu) / TURNS, (len(town.sandbox.requests) - requests) / TURNS)


def _turns(daemon: "subprocess.Popen[str]") -> Iterator[dict[str, Any]]:
    """Each turn when it ends, as the daemon's own line tells it."""
    assert daemon.stdout is not None
    for line in daemon.stdout:
        yield json.loads(line)
    raise SystemExit(f"the daemon ended with {daemon.wait()}, nothing is measured")


def _is_quiet(turn: dict[str, Any]) -> bool:
    return bool(turn["kind"] == "idle" and not turn["reads"])
