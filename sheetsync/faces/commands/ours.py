"""What is ours in people's workbooks, and how it comes and goes at a person's word."""

import sys
from pathlib import Path

import click

from sheetsync.faces.commands import completion
from sheetsync.faces.terminal import as_json_too, configured, load, print_document


@click.command(short_help="Hand a team's own column of a generated field over to us.")
@configured
@as_json_too
@click.argument("source", shell_complete=completion.sources)
@click.argument("field", shell_complete=completion.fields)
def adopt(folder: Path, as_json: bool, source: str, field: str) -> None:
    """Make the column in which SOURCE has typed FIELD until now one that sheetsync fills.

    Its header stays, what was typed goes to the history, and values that are live stay as they are.

    \b
    Example:
      sheetsync adopt utm tracking_url
    """
    config = load(folder)
    from sheetsync.faces.ours import adopt_document, adopt_text
    from sheetsync.faces.tables import Screen, folded

    document = adopt_document(config, source, field)
    print_document(document, as_json, folded(Screen.here(), adopt_text(document)))


@click.command(short_help="Take everything of ours out of people's workbooks.")
@configured
@as_json_too
@click.argument("sources", nargs=-1, metavar="[SOURCE]...", shell_complete=completion.sources)
@click.option("--all", "everything", is_flag=True, help="Every configured workbook.")
@click.option("--spreadsheet", default="", metavar="ID", help="A workbook that need not be configured any more.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and touch nothing.")
def detach(
    folder: Path, as_json: bool, sources: tuple[str, ...], everything: bool, spreadsheet: str, dry_run: bool
) -> None:
    """Leave workbooks as if sheetsync had never been there: its columns, its tab, its marks.

    A column that was adopted stays, with the values it shows.

    \b
    Example:
      sheetsync detach utm --dry-run
    """
    config = load(folder)
    from sheetsync.faces.ours import detach_document, detach_text
    from sheetsync.faces.tables import Screen, folded

    document = detach_document(config, sources, everything, spreadsheet, dry_run)
    print_document(document, as_json, folded(Screen.here(), detach_text(document)))
    sys.exit(document["exit_code"])
