"""The installed command as a subprocess, and a sandbox of its own process to run it against."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

COMMAND = str(Path(sys.executable).parent / "sheetsync")
_OURS = ("SHEETSYNC_", "SHEETS_EMULATOR_HOST")


def environment(**extra: str) -> dict[str, str]:
    """The machine's environment without anything of ours, plus what a test sets."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)} | extra


def sheetsync(
    *arguments: str, environ: Mapping[str, str] | None = None, cwd: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run the installed command to its end."""
    environ = environment() if environ is None else environ
    return subprocess.run(
        [COMMAND, *arguments], capture_output=True, text=True, timeout=120, env=dict(environ), cwd=cwd, check=False
    )


def on_a_terminal(arguments: list[str], environ: Mapping[str, str]) -> str:
    """Everything a command writes to a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environ = {name: value for name, value in environ.items() if name not in ("COLUMNS", "LINES")}
    process = subprocess.Popen([COMMAND, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env=environ)
    os.close(theirs)
    said = b""
    try:
        while chunk := os.read(ours, 65536):
            said += chunk
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    process.wait(timeout=60)
    return said.decode()


@contextmanager
def sandbox_process(*arguments: str) -> Iterator[str]:
    """`sheetsync sandbox` as a process of its own; yields its base URL."""
    process = subprocess.Popen(
        [COMMAND, "sandbox", "--port", "0", *arguments], stdout=subprocess.PIPE, text=True, env=environment()
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("sandbox ready http://127.0.0.1:"), line
        yield line.split()[-1]
    finally:
        process.terminate()
        process.wait(timeout=20)
        if process.stdout:
            process.stdout.close()
