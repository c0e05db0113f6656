"""Look at how far work, and each change, has come on its way from one sheet to the next, as of the last run."""

from pathlib import Path

import click

from sheetsync.core.states import State
from sheetsync.faces.commands import completion
from sheetsync.faces.terminal import as_json_too, configured, load, print_document, with_links


@click.command(short_help="Which handoffs are ready, taken, done; what is not ready and why.")
@configured
@as_json_too
@with_links
@click.argument("key", required=False, shell_complete=completion.records)
@click.option(
    "--handoff", metavar="FROM->TO", shell_complete=completion.handoffs, help="One of them, e.g. 'landing->utm'."
)
@click.option("--state", type=click.Choice([str(it) for it in State]), help="Only those in this state.")
def handoffs(folder: Path, as_json: bool, links: bool, key: str | None, handoff: str | None, state: str | None) -> None:
    """How far each handoff is: not ready, ready, consumed (the receiver has begun) or done, each with its evidence.

    First how many are in which state, then what is not ready and why, the window that begins first at the top. With KEY
    (a campaign, its placements included, or a placement) all of its handoffs are listed, whatever their state; what was
    begun says from which version of what was handed over it was built, and what has changed since.

    \b
    Example:
      sheetsync handoffs NL-1003
      sheetsync handoffs --handoff 'landing->utm' --state not_ready
    """
    config = load(folder)
    from sheetsync.faces.handing import handoffs_document, handoffs_text
    from sheetsync.faces.tables import Screen

    document = handoffs_document(config, key, handoff, state)
    print_document(document, as_json, handoffs_text(Screen.here(links), document))


@click.command(short_help="What owners changed, how near to launch, and how far it has come.")
@configured
@as_json_too
@with_links
@click.argument("key", required=False, shell_complete=completion.records)
@click.option("--since", metavar="WHEN", help="A day (2026-11-27), a time, or an age (12h, 3d).")
@click.option("--late", is_flag=True, help="Only late ones: from two days (or as a freeze says) before launch on.")
def changes(folder: Path, as_json: bool, links: bool, key: str | None, since: str | None, late: bool) -> None:
    """What owners changed, newest first: how far from the campaign's launch it was seen, how many of the rows that must
    follow do and which are missing, whose yes it waits for, and who has built from what it was before.

    KEY is a campaign (its placements included) or a placement; without one it is everything.

    \b
    Example:
      sheetsync changes NL-1003 --since 2d --late
    """
    config = load(folder)
    from sheetsync import wiring
    from sheetsync.faces.changes import changes_document, changes_text
    from sheetsync.faces.moments import moment
    from sheetsync.faces.tables import Screen

    after = moment(since, "--since", wiring.now()) if since else None
    document = changes_document(config, key, after, late)
    print_document(document, as_json, changes_text(Screen.here(links), document))
