"""What people decide in their sheets."""

import sys
from pathlib import Path

import click

from sheetsync.faces.terminal import as_json_too, configured, load, print_document, with_links


@click.command(short_help="What people are asked in decisions tabs, and what they typed.")
@configured
@as_json_too
@with_links
def decisions(folder: Path, as_json: bool, links: bool) -> None:
    """The lines of every decisions tab as they stand now: what each is about, its state, what was decided, by whom.

    The tabs are read afresh and nothing is written. Without a section `decisions` it says how to begin.

    \b
    Example:
      sheetsync decisions --json
    """
    config = load(folder)
    from sheetsync.faces.decisions import decisions_document, decisions_text
    from sheetsync.faces.tables import Screen

    document = decisions_document(config)
    print_document(document, as_json, decisions_text(Screen.here(links), document))
    sys.exit(document["exit_code"])
