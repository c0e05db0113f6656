"""Hand on what is ready, from what the last run left."""

import json
from pathlib import Path

import click

from sheetsync.faces.terminal import as_json_too, configured, load


@click.command(short_help="Deploy-ready placements as CSV or JSON.")
@configured
@as_json_too
@click.option("--channel", metavar="NAME", help="Only placements in this channel, e.g. email.")
@click.option(
    "--format", "kind", type=click.Choice(["csv", "json"]), default="csv", show_default=True, help="Of what is printed."
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="A file instead of stdout."
)
def export(folder: Path, as_json: bool, channel: str | None, kind: str, out: Path | None) -> None:
    """Placements that may be deployed: the campaign's owned fields, the placement's own, the published tracking URL.

    A row with a withheld value, or with a grave open flag on it or its campaign, is left out; stderr says how many and
    why, and as of which run. Cells that a spreadsheet would take for a formula get an apostrophe in the CSV.

    \b
    Example:
      sheetsync export --channel email --out email.csv
    """
    config = load(folder)
    from sheetsync.faces.export import export_csv, export_document, export_summary, write_file

    document = export_document(config, channel)
    as_json = as_json or kind == "json"
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n" if as_json else export_csv(document)
    # A cell may hold half of a surrogate pair, which no UTF-8 can say.
    content = text.encode(errors="replace")
    if out is not None:
        write_file(out, content)
    else:
        # As bytes: lines end in CRLF on every system.
        click.echo(content, nl=False)
    for line in export_summary(document):
        click.echo(line, err=True)
