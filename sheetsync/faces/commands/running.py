"""Run a cycle."""

import sys
from pathlib import Path
from typing import Any

import click

from sheetsync.faces.terminal import as_json_too, configured, load, print_document


@click.command(short_help="Compare everything and write what is found.")
@configured
@as_json_too
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@click.option(
    "--accept",
    multiple=True,
    metavar="GUARD[:SOURCE]",
    help="Let a guard pass this once, for one source or for all; what holds says what to type. Repeatable.",
)
@click.option(
    "--exit-code", "tell_state", is_flag=True, help="Also exit 10 for changes pending, 11 for open conflicts."
)
def reconcile(folder: Path, as_json: bool, dry_run: bool, accept: tuple[str, ...], tell_state: bool) -> None:
    """Read every source, compare, and write flags and generated values into columns and tabs of ours."""
    config = load(folder)
    from sheetsync.faces.render import run_text
    from sheetsync.faces.views import reconcile_now

    done = reconcile_now(config, dry_run, accept)
    document = done.document
    print_document(document, as_json, run_text(document, done.headings))
    sys.exit(document["run"]["exit_code"] or (_state(document) if tell_state else 0))


def _state(document: Any) -> int:
    if any(flag["kind"] == "conflict" for flag in document["flags"]):
        return 11
    return 10 if any(write["state"] == "planned" for write in document["written"]) else 0
