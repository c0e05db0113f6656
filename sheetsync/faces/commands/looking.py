"""Look at what the last run left; nothing is read from Google and nothing is written."""

from pathlib import Path

import click

from sheetsync.faces.terminal import as_json_too, configured, load, print_document


@click.command(short_help="What is open, worst first.")
@configured
@as_json_too
def status(folder: Path, as_json: bool) -> None:
    """What guards hold, and open flags, worst first, as the last run left them."""
    config = load(folder)
    from sheetsync.faces.render import status_text
    from sheetsync.faces.views import status_document

    document = status_document(config)
    print_document(document, as_json, status_text(document))


@click.command(short_help="Who claims what, and whose word counts.")
@configured
@as_json_too
@click.argument("key")
@click.argument("field", required=False)
def truth(folder: Path, as_json: bool, key: str, field: str | None) -> None:
    """Every place that claims a value of record KEY, whose word counts, and since when.

    KEY is a campaign id (NL-1003) or a placement ("NL-1003 / email / hero-banner").
    """
    config = load(folder)
    from sheetsync.faces.render import truth_text
    from sheetsync.faces.truth import truth_document

    document = truth_document(config, key, field)
    print_document(document, as_json, truth_text(document))
