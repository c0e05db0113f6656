"""Run cycles until told otherwise."""

import sys
from pathlib import Path

import click

from sheetsync.faces.terminal import configured


@click.command(short_help="Watch the sheets, and reconcile whenever one changes.")
@configured
@click.option("--once", is_flag=True, help="One turn, whose exit code is ours.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Port of /healthz on 127.0.0.1 instead of the configured one (0: none).",
)
def daemon(folder: Path, once: bool, port: int | None) -> None:
    """Look at every sheet again and again, and reconcile whenever one of them, or the system of record, has changed.

    One JSON line per turn goes to stdout, the log to stderr, and http://127.0.0.1:8766/healthz says whether all is
    well. SIGTERM and Ctrl-C end it cleanly within five seconds, SIGHUP makes it read its configuration again. It may
    run beside `reconcile` and other daemons on the same ledger: one works, the others wait for their next turn.

    \b
      sheetsync daemon --config my-config
      sheetsync daemon --once | jq .changed
    """
    from sheetsync.faces.daemon import run_daemon

    sys.exit(run_daemon(folder, once, port))
