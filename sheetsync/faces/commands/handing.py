"""Look at how far work has come on its way from one sheet to the next, as of the last run."""

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
    (a campaign, its placements included, or a placement) all of its handoffs are listed, whatever their state.

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
