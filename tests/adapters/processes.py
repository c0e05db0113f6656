"""Other processes at work on the same files: some properties are about nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import sheetsync

Process = subprocess.Popen[str]
HOME = Path(sheetsync.__file__).parent.parent


def start(script: str, *arguments: object) -> Process:
    """A Python process running `script`, with pipes to talk to it."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(HOME)},
    )


def run(script: str, *arguments: object) -> tuple[int, str]:
    """Exit code and output of a script that needs no talking to."""
    with start(script, *arguments) as process:
        output, _ = process.communicate(timeout=60)
        return process.returncode, output
