"""Say which campaign a row is about, or which field a column is, where that cannot be told; no sheet is read for it."""

from pathlib import Path

import click

from sheetsync.faces.commands import completion
from sheetsync.faces.commands.looking import ListUnlessTold
from sheetsync.faces.terminal import as_json_too, configured, load, print_document, with_links

_by = click.option("--by", default="", metavar="NAME", help="Who says so; your login name unless you say.")
_row = click.argument("row", shell_complete=completion.flags)


@click.group(cls=ListUnlessTold, short_help="Which campaign a row belongs to, which field a renamed column is.")
def match() -> None:
    """Rows that belong to no campaign, and columns that lost their header, as far as anybody can tell.

    Nothing that only looks alike is ever joined by itself. What you say about a row is remembered by what it says of
    itself, so it holds when rows are sorted or moved, and it stands in the campaign's history. What you say about a
    column is remembered by its header, and holds wherever that is moved, until your configuration names it.

    \b
    Example:
      sheetsync match list
      sheetsync match accept landing:NL-10O9 NL-1009
      sheetsync match accept landing.offer "Rabatt"
    """


@match.command("list", short_help="Rows and columns that are asked about, and what was answered.")
@configured
@as_json_too
@with_links
def list_questions(folder: Path, as_json: bool, links: bool) -> None:
    """Rows and columns that are asked about as last seen, what each may mean and why, and what was answered.

    \b
    Example:
      sheetsync match list --json
    """
    config = load(folder)
    from sheetsync.faces.matching import list_document, list_text
    from sheetsync.faces.tables import Screen

    document = list_document(config)
    print_document(document, as_json, list_text(Screen.here(links), document))


@match.command(short_help="Say which campaign a row belongs to, or where a field's column is.")
@configured
@as_json_too
@_by
@_row
@click.argument("campaign", shell_complete=completion.records)
def accept(folder: Path, as_json: bool, by: str, row: str, campaign: str) -> None:
    """Say that ROW belongs to CAMPAIGN, a candidate or any other, as if its id stood there.

    ROW is what `sheetsync match list` prints (landing:NL-10O9), or the id of the flag. All rows of that source that say
    the same of themselves are meant.

    For a column whose header is gone, ROW is SOURCE.FIELD and CAMPAIGN the header it has now: the field is read from
    there, until a header that your configuration names is there again.

    \b
    Example:
      sheetsync match accept landing:NL-10O9 NL-1009
      sheetsync match accept landing.offer "Rabatt"
    """
    config = load(folder)
    from sheetsync.faces.matching import accept_document, said_text
    from sheetsync.faces.tables import Screen

    document = accept_document(config, row, campaign, by)
    print_document(document, as_json, said_text(Screen.here(), document))


@match.command(short_help="Say which campaign a row, or which column a field is not.")
@configured
@as_json_too
@_by
@_row
@click.argument("campaign", required=False, shell_complete=completion.records)
def reject(folder: Path, as_json: bool, by: str, row: str, campaign: str | None) -> None:
    """Say that ROW does not belong to CAMPAIGN, or to none of those proposed; they are not proposed for it again.

    The row stays flagged until its sheet, or an answer, says what it is. For a column, ROW is SOURCE.FIELD and CAMPAIGN
    a header, as for accept.

    \b
    Example:
      sheetsync match reject landing:NL-10O9
      sheetsync match reject landing.offer "Rabatt"
    """
    config = load(folder)
    from sheetsync.faces.matching import reject_document, said_text
    from sheetsync.faces.tables import Screen

    document = reject_document(config, row, campaign, by)
    print_document(document, as_json, said_text(Screen.here(), document))


@match.command(short_help="Take back what was said about a row or a column.")
@configured
@as_json_too
@_by
@click.argument("row")
def forget(folder: Path, as_json: bool, by: str, row: str) -> None:
    """Take back everything that was said about ROW, or about the column SOURCE.FIELD: it is looked at as before.

    \b
    Example:
      sheetsync match forget landing:NL-10O9
    """
    config = load(folder)
    from sheetsync.faces.matching import forget_document, said_text
    from sheetsync.faces.tables import Screen

    document = forget_document(config, row, by)
    print_document(document, as_json, said_text(Screen.here(), document))
