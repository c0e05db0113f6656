"""Take back what a run did."""

import sys
from pathlib import Path

import click

from sheetsync.faces.terminal import as_json_too, configured, load, print_document


@click.command(short_help="Take back what a run wrote and recorded.")
@configured
@as_json_too
@click.option("--dry-run", is_flag=True, help="Say what would go back, and touch nothing.")
@click.argument("run")
def undo(folder: Path, as_json: bool, dry_run: bool, run: str) -> None:
    """Take back what RUN wrote into the sheets and recorded, as far as nobody has changed it since.

    RUN is a run's id as `status` prints it, or `last`. Lines in our tab become what they were, columns of ours that the
    run inserted go, agreed and published values return; what people or later runs have changed stays, and is named.
    Afterwards the guard `undone` keeps the next run from writing it all again until you accept it.

    \b
    Example:
      sheetsync undo last --dry-run
    """
    config = load(folder)
    from sheetsync.faces.tables import Screen, folded
    from sheetsync.faces.undoing import undo_document, undo_text

    document = undo_document(config, run, dry_run)
    print_document(document, as_json, folded(Screen.here(), undo_text(document)))
    sys.exit(document["run"]["exit_code"])
