"""What was said in a chat or a mail, for the owner of the field to say yes or no to; no sheet is read for it."""

from pathlib import Path
from typing import Any

import click

from sheetsync.faces.commands import completion
from sheetsync.faces.commands.looking import ListUnlessTold
from sheetsync.faces.terminal import as_json_too, configured, load, print_document, with_links

_STATES = ("open", "all", "pending", "accepted", "rejected", "expired", "closed")
_by = click.option("--by", default="", metavar="NAME", help="Who says so; your login name unless you say.")
_id = click.argument("name", metavar="ID", shell_complete=completion.claims)


@click.command(short_help="File what somebody said in a chat or a mail, for the owner of the field.")
@configured
@as_json_too
@click.option(
    "--source", "origin", required=True, metavar="LINK", help="Where it was said: a link, or words. Nobody opens it."
)
@click.option("--by", required=True, metavar="WHOM", help="Who said it there.")
@click.option(
    "--expires", default="24h", show_default=True, metavar="WHEN", help="How long it waits: 24h, 3d, a day or a time."
)
@click.option("--note", default="", metavar="WORDS", help="What its owner should know besides.")
@click.argument("key", shell_complete=completion.records)
@click.argument("claimed", metavar="FIELD=VALUE")
def claim(folder: Path, as_json: bool, key: str, claimed: str, origin: str, by: str, note: str, expires: str) -> None:
    """File that somebody said FIELD of KEY is VALUE: it waits beside the owner's cell until its owner says yes or no.

    KEY is a campaign id (NL-1003) or a placement ("NL-1003 / email / hero-banner"), VALUE what a cell of the owner's
    would say. A claim never changes a value, not even when it is accepted: who owns the field types it, and then the
    claim is closed. The same claim from the same place is filed once.

    \b
    Example:
      sheetsync claim NL-1003 offer=25% --source https://chat.example/7 --by Dana
    """
    config = load(folder)
    from sheetsync.faces.claims import done_text, file_document
    from sheetsync.faces.tables import Screen

    document = file_document(config, key, claimed, origin, by, note, expires)
    print_document(document, as_json, done_text(Screen.here(), document))


@click.group(cls=ListUnlessTold, short_help="What was said elsewhere and waits for an owner's yes or no.")
def claims() -> None:
    """What was filed with `sheetsync claim`: pending, accepted, rejected, expired, or closed because the owner's cell
    says so.

    Without a command it lists; see `sheetsync claims list --help` for what can be chosen.

    \b
    Example:
      sheetsync claims --owner briefs
      sheetsync claims accept sc-KJERO6
    """


@claims.command("list", short_help="Claims that wait, the oldest first.")
@configured
@as_json_too
@with_links
@click.option(
    "--owner", default="", metavar="SOURCE", shell_complete=completion.sources, help="Whose field it is about."
)
@click.option(
    "--campaign",
    default="",
    metavar="CAMPAIGN",
    shell_complete=completion.records,
    help="A campaign, with its placements.",
)
@click.option(
    "--state",
    type=click.Choice(_STATES),
    default="open",
    show_default=True,
    metavar="STATE",
    help="One of: " + ", ".join(_STATES) + '; "open" is pending or accepted.',
)
def list_claims(folder: Path, as_json: bool, links: bool, **chosen: Any) -> None:
    """Claims with their state and age, what was claimed by whom, and what the owner's cell was last seen to say.

    \b
    Example:
      sheetsync claims list --state all --campaign NL-1003
    """
    config = load(folder)
    from sheetsync.faces.claims import Wanted, list_document, list_text
    from sheetsync.faces.tables import Screen

    document = list_document(config, Wanted(**chosen))
    print_document(document, as_json, list_text(Screen.here(links), document))


@claims.command("show", short_help="One claim in full.")
@configured
@as_json_too
@with_links
@_id
def show_claim(folder: Path, as_json: bool, links: bool, name: str) -> None:
    """One claim: what was said, by whom and where, what its owner's cell says, and what became of it.

    \b
    Example:
      sheetsync claims show sc-KJERO6
    """
    config = load(folder)
    from sheetsync.faces.claims import show_document, show_text
    from sheetsync.faces.tables import Screen

    document = show_document(config, name)
    print_document(document, as_json, show_text(Screen.here(links), document))


@claims.command(short_help="The owner says yes, and still has to type it.")
@configured
@as_json_too
@_by
@_id
def accept(folder: Path, as_json: bool, by: str, name: str) -> None:
    """Say yes to a claim for the owner of its field. Nothing is changed by it: its owner types the value, and then the
    claim is closed by itself.

    \b
    Example:
      sheetsync claims accept sc-KJERO6
    """
    _answer(folder, as_json, name, "accepted", by)


@claims.command(short_help="The owner says no.")
@configured
@as_json_too
@_by
@_id
def reject(folder: Path, as_json: bool, by: str, name: str) -> None:
    """Say no to a claim, also to one that was accepted before: nothing is said of it in any sheet any more.

    \b
    Example:
      sheetsync claims reject sc-KJERO6
    """
    _answer(folder, as_json, name, "rejected", by)


def _answer(folder: Path, as_json: bool, name: str, verdict: str, by: str) -> None:
    config = load(folder)
    from sheetsync.core.hearsay import State
    from sheetsync.faces.claims import answer_document, done_text
    from sheetsync.faces.tables import Screen

    document = answer_document(config, name, State(verdict), by)
    print_document(document, as_json, done_text(Screen.here(), document))
