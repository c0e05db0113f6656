"""Links that are out: which, and whether they work. No sheet is read or written for it."""

import sys
from pathlib import Path

import click

from sheetsync.faces.commands import completion
from sheetsync.faces.commands.looking import ListUnlessTold
from sheetsync.faces.terminal import as_json_too, configured, load, print_document, progress

_only = click.option(
    "--only",
    "campaign",
    default="",
    metavar="CAMPAIGN",
    shell_complete=completion.records,
    help="Only the links of a campaign.",
)


@click.group(cls=ListUnlessTold, short_help="Published links, and whether they work.")
def links() -> None:
    """Links that are out, as of the last run: tracking URLs, and the landing pages that count.

    \b
    Example:
      sheetsync links list
      sheetsync links check --only NL-1003
    """


@links.command("list", short_help="Every link that is out, and what the last look found.")
@configured
@as_json_too
@_only
def list_links(folder: Path, as_json: bool, campaign: str) -> None:
    """Every link that is out: its row, since when this version stands there, whether it is live, where GA4 puts it,
    and what the last look at it found; of a link with several versions each, also one that waits because a live one
    stays. Nobody is asked.

    \b
    Example:
      sheetsync links list --json
    """
    config = load(folder)
    from sheetsync.faces.links import list_document, list_text
    from sheetsync.faces.tables import Screen

    document = list_document(config, campaign)
    print_document(document, as_json, list_text(Screen.here(), document))


@links.command("check", short_help="Ask the links whether they work.")
@configured
@as_json_too
@_only
@click.option("--fresh", is_flag=True, help="Ask also what was asked a short while ago.")
@click.option(
    "--exit-code", "tell_state", is_flag=True, help="Also exit 11 when a link is in trouble of severity high."
)
def check_links(folder: Path, as_json: bool, campaign: str, fresh: bool, tell_state: bool) -> None:
    """Ask every link that is out whether it works, each address once; off until `links.check` is on.

    ok: a production host answers, with our parameters. drops parameters: they got lost on the way. not live yet:
    nothing there, and more than 48 hours are left. dead: nothing there although it is time. blocked: nothing can be
    said, because we were taken for a robot, it took too long, or it leads where we do not go. The nearer the launch,
    the graver. Nothing is written into a sheet.

    \b
    Example:
      sheetsync links check --only NL-1003 --fresh
    """
    config = load(folder)
    from sheetsync.faces.links import check_document, check_text, is_any_high
    from sheetsync.faces.tables import Screen

    with progress() as tell:
        document = check_document(config, campaign, fresh, tell)
    print_document(document, as_json, check_text(Screen.here(), document))
    sys.exit(11 if tell_state and is_any_high(document) else 0)
