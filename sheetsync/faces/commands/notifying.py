"""Messages to people: try their channels out, and see what became of them."""

import sys
from pathlib import Path

import click

from sheetsync.faces.commands import completion
from sheetsync.faces.commands.looking import ListUnlessTold
from sheetsync.faces.terminal import as_json_too, configured, load, print_document


@click.group(cls=ListUnlessTold, short_help="Who was told what, and whether it gets there.")
def notify() -> None:
    """Messages about conflicts: one for each that opens, closes or comes back, to the channels of the configuration.

    They are sent at the end of a run. What could not be delivered is tried again by the next runs, for a day.

    \b
    Example:
      sheetsync notify test ops
      sheetsync notify list
    """


@notify.command(short_help="Send one test message to a channel, or to each.")
@configured
@as_json_too
@click.argument("channel", required=False, shell_complete=completion.channels)
def test(folder: Path, as_json: bool, channel: str | None) -> None:
    """Send one test message to CHANNEL, or to every channel, at once, quiet hours or not, and say what happened.

    Exit code 1 where one was not taken.

    \b
    Example:
      sheetsync notify test ops
    """
    config = load(folder)
    from sheetsync.faces.notifying import trial_document, trial_text

    document = trial_document(config, channel)
    print_document(document, as_json, trial_text(document))
    sys.exit(document["exit_code"])


@notify.command("list", short_help="What waits, and what was sent.")
@configured
@as_json_too
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="The newest so many.")
def list_notices(folder: Path, as_json: bool, limit: int) -> None:
    """Messages as they were made, oldest first: what waits, what was sent, what was given up and why.

    \b
    Example:
      sheetsync notify list --json
    """
    config = load(folder)
    from sheetsync.faces.notifying import list_document, list_text
    from sheetsync.faces.tables import Screen

    document = list_document(config, limit)
    print_document(document, as_json, list_text(Screen.here(), document))
