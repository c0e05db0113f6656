"""Look at what would follow, before anybody changes anything; everything is read afresh and nothing is written."""

import sys
from pathlib import Path

import click

from sheetsync.faces.commands import completion
from sheetsync.faces.terminal import as_json_too, configured, load, print_document, progress, with_links


@click.command(short_help="What would follow if an owner's cell said something else.")
@configured
@as_json_too
@with_links
@click.argument("key", shell_complete=completion.records)
@click.option(
    "--set",
    "typed",
    multiple=True,
    required=True,
    metavar="FIELD=VALUE",
    shell_complete=completion.fields,
    help="What would be typed into the owner's cell of a field, as one types it there. Repeatable.",
)
def impact(folder: Path, as_json: bool, links: bool, key: str, typed: tuple[str, ...]) -> None:
    """What the next run would do if the owner of a field changed it for KEY: what people would have to correct, build
    and approve again, which values of ours would be new, withheld, or stay because they are live, which launch is in
    danger, and whom to tell.

    KEY is a campaign id (NL-1003) or a placement ("NL-1003 / email / hero-banner"). All sheets are read, and nothing is
    changed: neither a sheet nor the ledger.

    \b
    Example:
      sheetsync impact NL-1003 --set flight_end=2026-12-06
      sheetsync impact NL-1003 --set "offer=25% off" --set promo_code=FINCH25
    """
    config = load(folder)
    from sheetsync.faces.impact import impact_document, impact_text
    from sheetsync.faces.tables import Screen

    with progress() as tell:
        document = impact_document(config, key, typed, tell)
    print_document(document, as_json, impact_text(Screen.here(links), document))
    sys.exit(document["exit_code"])
