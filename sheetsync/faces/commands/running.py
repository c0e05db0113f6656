"""Run a cycle: look at what it would write, write exactly that, or both at once."""

import sys
from pathlib import Path
from typing import Any

import click

from sheetsync.faces.commands.completion import sources_and_campaigns
from sheetsync.faces.terminal import as_json_too, configured, load, print_document, progress, say, with_links

only_about = click.option(
    "--only",
    default="",
    metavar="SOURCE|CAMPAIGN",
    shell_complete=sources_and_campaigns,
    help="Write only into this source's workbook, or only about this campaign; everything is read all the same.",
)
accepting = click.option(
    "--accept",
    multiple=True,
    metavar="GUARD[:SOURCE]",
    help="Let a guard pass this once, for one source or for all; what holds says what to type. Repeatable.",
)
not_waiting = click.option(
    "--no-wait",
    is_flag=True,
    help="Count what people are typing right now; otherwise a workbook with news is read twice, some seconds apart.",
)
telling_state = click.option(
    "--exit-code", "tell_state", is_flag=True, help="Also exit 10 for changes pending, 11 for open conflicts."
)


@click.command(short_help="Say what would be written, and write nothing.")
@configured
@as_json_too
@with_links
@only_about
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Save the plan for `sheetsync apply`.")
@click.option(
    "--verbose", "-v", is_flag=True, help="Also what stands already, and each field's change as DeepDiff tells it."
)
@not_waiting
@telling_state
def plan(
    folder: Path,
    as_json: bool,
    links: bool,
    only: str,
    out: Path | None,
    verbose: bool,
    no_wait: bool,
    tell_state: bool,
) -> None:
    """Read and compare everything, and say what a run would write: per campaign what is news, old -> new, whose word
    counts, why, and where. Neither a sheet nor the ledger is written.

    \b
    Example:
      sheetsync plan --out monday.plan
      sheetsync apply monday.plan
    """
    config = load(folder)
    from sheetsync.faces import saved_plan
    from sheetsync.faces.planning import plan_document, plan_text
    from sheetsync.faces.tables import Screen
    from sheetsync.faces.views import reconcile_now, scope_of

    with progress() as tell:
        done = reconcile_now(config, True, (), only, tell=tell, wait=not no_wait)
    document = plan_document(config, done)
    if out is not None:
        saved_plan.save(out, done.seal, scope_of(only, config), document)
    print_document(document, as_json, plan_text(Screen.here(links), document, done, verbose))
    if out is not None and not as_json:
        say(f"Saved: `sheetsync apply {out}` writes this and nothing else.")
    sys.exit(document["run"]["exit_code"] or (_state(document) if tell_state else 0))


@click.command(short_help="Write a saved plan, where it still holds.")
@configured
@as_json_too
@with_links
@accepting
@click.argument("file", type=click.Path(path_type=Path))
def apply(folder: Path, as_json: bool, links: bool, accept: tuple[str, ...], file: Path) -> None:
    """Write what `sheetsync plan --out FILE` showed.

    A workbook whose rows, configuration or generation have moved since is left as it is (exit code 12); the others are
    written.

    \b
    Example:
      sheetsync apply monday.plan
    """
    config = load(folder)
    from sheetsync.faces import saved_plan
    from sheetsync.faces.notifying import tell_people
    from sheetsync.faces.render import apply_text
    from sheetsync.faces.tables import Screen
    from sheetsync.faces.views import reconcile_now

    saved = saved_plan.load(file)
    with progress() as tell:
        document = reconcile_now(config, False, accept, sealed=saved, tell=tell).document
    print_document(document, as_json, apply_text(Screen.here(links), document))
    tell_people(config)
    sys.exit(document["run"]["exit_code"])


@click.command(short_help="Compare everything and write what is found.")
@configured
@as_json_too
@with_links
@only_about
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@accepting
@not_waiting
@telling_state
def reconcile(
    folder: Path,
    as_json: bool,
    links: bool,
    only: str,
    dry_run: bool,
    accept: tuple[str, ...],
    no_wait: bool,
    tell_state: bool,
) -> None:
    """Read every source, compare, and write flags and generated values into columns and tabs of ours.

    What is written is read back and remembered; run it again and it writes nothing.

    \b
    Example:
      sheetsync reconcile
      sheetsync reconcile --accept first_write:briefs
      sheetsync reconcile --only NL-1003
    """
    config = load(folder)
    from sheetsync.faces.notifying import tell_people
    from sheetsync.faces.render import run_text
    from sheetsync.faces.tables import Screen
    from sheetsync.faces.views import reconcile_now

    with progress() as tell:
        done = reconcile_now(config, dry_run, accept, only, tell=tell, wait=not no_wait)
    document = done.document
    print_document(document, as_json, run_text(Screen.here(links), document, done.headings))
    if not dry_run:
        tell_people(config)
    sys.exit(document["run"]["exit_code"] or (_state(document) if tell_state else 0))


def _state(document: Any) -> int:
    if any(flag["kind"] == "conflict" for flag in document["flags"]):
        return 11
    return 10 if any(write["state"] == "planned" for write in document["written"]) else 0
