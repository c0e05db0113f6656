"""What a finished process has cost, by the operating system's own account of it."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Spent:
    """One process from start to end."""

    #: user and system, seconds
    cpu: float
    #: the most that was resident at once, MiB
    memory: float


def spent_by(command: Sequence[str], environ: Mapping[str, str]) -> Spent:
    """Run a command to its end. Ends the bench when the command does not end well: nothing is measured then."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=dict(environ))
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}, nothing is measured")
    return Spent(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def cpu_so_far(pid: int) -> float:
    """Seconds of processor time that a process has used since it began: for one that does not end, such as a daemon.

    The difference over some of its idle turns, by their number, is what one turn costs. Source: proc(5), `stat`.
    """
    # The second field is the command in brackets, and may hold anything.
    after_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    user, system = int(after_name[11]), int(after_name[12])
    return (user + system) / os.sysconf("SC_CLK_TCK")


def middle(several: Sequence[Spent]) -> Spent:
    """The median of each figure."""
    return Spent(median(one.cpu for one in several), median(one.memory for one in several))
