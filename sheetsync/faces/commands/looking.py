"""Look at what the last run left; nothing is read from Google and nothing is written."""

from pathlib import Path
from typing import Any

import click

from sheetsync.core.flags import FlagKind
from sheetsync.core.terms import Severity
from sheetsync.faces.commands import completion
from sheetsync.faces.terminal import as_json_too, configured, load, print_document, with_links

#: `core.conflicts.State`, whose module brings much along that --help does without
_STATES = ("open", "decided", "applied", "reopened", "closed")


@click.command(short_help="What is held, open, and closed since the run before.")
@configured
@as_json_too
@with_links
@click.option("--by", type=click.Choice(["campaign", "source"]), help="Group what is open, the gravest group first.")
def status(folder: Path, as_json: bool, links: bool, by: str | None) -> None:
    """What guards hold, what is open (worst first), and what was closed since the run before.

    \b
    Example:
      sheetsync status --by campaign
    """
    config = load(folder)
    from sheetsync.faces.status import status_document, status_text
    from sheetsync.faces.tables import Screen

    document = status_document(config)
    print_document(document, as_json, status_text(Screen.here(links), document, by))


@click.command(short_help="Who claims what, and whose word counts.")
@configured
@as_json_too
@with_links
@click.argument("key", shell_complete=completion.records)
@click.argument("field", required=False, shell_complete=completion.fields)
def truth(folder: Path, as_json: bool, links: bool, key: str, field: str | None) -> None:
    """Every place that claims a value of record KEY, what it says, whose word counts, and since when.

    KEY is a campaign id (NL-1003) or a placement ("NL-1003 / email / hero-banner"). In the text = agrees with what
    counts, ~ differs, . cannot be told.

    \b
    Example:
      sheetsync truth NL-1003 flight_end
    """
    config = load(folder)
    from sheetsync.faces.tables import Screen
    from sheetsync.faces.truth import truth_document, truth_text

    document = truth_document(config, key, field)
    print_document(document, as_json, truth_text(Screen.here(links), document))


@click.command(short_help="Who approved what, and what has changed since.")
@configured
@as_json_too
@with_links
@click.argument("key", required=False, shell_complete=completion.records)
def approvals(folder: Path, as_json: bool, links: bool, key: str | None) -> None:
    """Approvals as the last run saw them: who gave each, whether anybody else could have given it (attested: only those
    configured as approvers, and the file's owner, may edit its cell), which of its fields are no longer what was
    approved, and which sheets say otherwise.

    KEY is a campaign (its placements included) or a placement; without one it is all of them. sheetsync never grants,
    removes or renews one: what is stale waits for a person to say yes again.

    \b
    Example:
      sheetsync approvals NL-1003
    """
    config = load(folder)
    from sheetsync.faces.approvals import approvals_document, approvals_text
    from sheetsync.faces.tables import Screen

    document = approvals_document(config, key)
    print_document(document, as_json, approvals_text(Screen.here(links), document))


class ListUnlessTold(click.Group):
    """A group whose options alone mean its `list`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        told = bool(args) and (args[0] in self.commands or args[0] in ctx.help_option_names)
        # A word that is no option is a misspelt command, and is told so.
        return super().parse_args(ctx, args if told or (args and not args[0].startswith("-")) else ["list", *args])


@click.group(cls=ListUnlessTold, short_help="What a person must decide or correct.")
def conflicts() -> None:
    """Everything that waits for a person: all open flags, one of them in full, and a decision about one.

    Without a command it lists; see `sheetsync conflicts list --help` for what can be chosen.

    \b
    Example:
      sheetsync conflicts --severity high
      sheetsync conflicts show ss-KJERO6
      sheetsync conflicts resolve ss-KJERO6 --keep a
    """


@conflicts.command("list", short_help="Open flags, worst first.")
@configured
@as_json_too
@with_links
@click.option(
    "--kind",
    "kinds",
    type=click.Choice([str(it) for it in FlagKind]),
    multiple=True,
    metavar="KIND",
    help="Repeatable. Kinds: " + ", ".join(FlagKind) + ".",
)
@click.option(
    "--severity",
    "severities",
    type=click.Choice([str(it) for it in Severity]),
    multiple=True,
    help="How grave. Repeatable.",
)
@click.option(
    "--owner",
    default="",
    metavar="SOURCE",
    shell_complete=completion.sources,
    help='Whose word counts; also "generated" and "nobody".',
)
@click.option("--source", default="", metavar="SOURCE", shell_complete=completion.sources, help="Whose cell it is.")
@click.option(
    "--campaign",
    default="",
    metavar="CAMPAIGN",
    shell_complete=completion.records,
    help="A campaign, with its placements.",
)
@click.option(
    "--state",
    "states",
    type=click.Choice(_STATES),
    multiple=True,
    help="Only conflicts, and how far they are. Repeatable.",
)
@click.option("--since", metavar="WHEN", help="Open since then or later: a day, a time, or an age (12h, 3d).")
@click.option("--before", metavar="WHEN", help="Open since before then: --before 7d is what is older than a week.")
def list_conflicts(
    folder: Path, as_json: bool, links: bool, since: str | None, before: str | None, **chosen: Any
) -> None:
    """Open flags, worst first: what was found, what it should be, and for how long it has been open; then conflicts
    that somebody has decided, and decisions that wait or were refused.

    With --state only conflicts, also those that are closed: each with since when, what A and B say, by whom it was
    decided, and how it ended.

    \b
    Example:
      sheetsync conflicts list --kind conflict --owner briefs --before 2d
      sheetsync conflicts list --state decided --state applied
    """
    config = load(folder)
    from sheetsync import wiring
    from sheetsync.faces.conflicts import Wanted, conflicts_document, conflicts_text
    from sheetsync.faces.moments import moment
    from sheetsync.faces.tables import Screen

    now = wiring.now()
    opened = {"since": since and moment(since, "--since", now), "before": before and moment(before, "--before", now)}
    document = conflicts_document(config, Wanted(**{**chosen, **opened}))
    print_document(document, as_json, conflicts_text(Screen.here(links), document))


@conflicts.command("show", short_help="One flag in full.")
@configured
@as_json_too
@with_links
@click.argument("flag_id", metavar="ID", shell_complete=completion.flags)
def show_conflict(folder: Path, as_json: bool, links: bool, flag_id: str) -> None:
    """One flag: both values, what was agreed last, what the contract demands, since when, whose word counts, and what
    to do. Where people may decide: how far it is, what each choice would have whom change, the version of both sides,
    and the command to type.

    ID is what stands in a sheet at the end of ss:issues, with or without its brackets.

    \b
    Example:
      sheetsync conflicts show ss-KJERO6
    """
    config = load(folder)
    from sheetsync.faces.conflicts import conflict_document, conflict_text
    from sheetsync.faces.tables import Screen

    document = conflict_document(config, flag_id)
    print_document(document, as_json, conflict_text(Screen.here(links), document))


@conflicts.command("resolve", short_help="Decide which of two values holds.")
@configured
@as_json_too
@with_links
@click.argument("flag_id", metavar="ID", shell_complete=completion.flags)
@click.option(
    "--keep",
    type=click.Choice(["a", "b", "agreed"]),
    help="A is the owner's value, B the copy's; or what both said last.",
)
@click.option("--value", metavar="VALUE", help='Another value; of a group "price = 49; offer = 20% off".')
@click.option("--until", metavar="DAY", help="Both may differ until this day (2026-12-31).")
@click.option(
    "--why", default="", metavar="REASON", help="Stands beside the decision, in the history and in the sheets."
)
@click.option("--seen", default="", metavar="VERSION", help="What was looked at; refused if it is another one now.")
@click.option("--withdraw", is_flag=True, help="Take back a decision that still waits for the next run.")
def resolve_conflict(
    folder: Path,
    as_json: bool,
    links: bool,
    flag_id: str,
    keep: str | None,
    value: str | None,
    until: str | None,
    why: str,
    seen: str,
    withdraw: bool,
) -> None:
    """Decide a conflict, or a difference, as the person who is logged in at this machine.

    The next run judges the decision like one that was typed in a decisions tab: it counts if both sides still say what
    they said at the last run. From then on the value that was decided is the owner's word. No cell of anybody's is
    changed; who has to change one is told beside it, and by whose decision. `--withdraw` takes it back until that run
    has heard it, `sheetsync undo RUN` after it.

    \b
    Example:
      sheetsync conflicts resolve ss-KJERO6 --keep b --why "legal has approved it"
      sheetsync conflicts resolve ss-KJERO6 --value "price = 49; offer = 20% off"
      sheetsync conflicts resolve ss-KJERO6 --until 2026-12-31
      sheetsync conflicts resolve ss-KJERO6 --withdraw
    """
    config = load(folder)
    from sheetsync.faces.resolving import (
        alone,
        choice_of,
        resolve_document,
        resolve_text,
        withdrawn_document,
        withdrawn_text,
    )
    from sheetsync.faces.tables import Screen

    if withdraw:
        alone(keep, value, until, why, seen)
        document = withdrawn_document(config, flag_id)
        print_document(document, as_json, withdrawn_text(Screen.here(links), document))
        return
    document = resolve_document(config, flag_id, choice_of(keep, value, until, why, seen))
    print_document(document, as_json, resolve_text(Screen.here(links), document))


@click.command(short_help="Who changed what, where and when.")
@configured
@as_json_too
@with_links
@click.argument("key", required=False, shell_complete=completion.records)
@click.argument("field", required=False, shell_complete=completion.fields)
@click.option("--since", metavar="WHEN", help="A day (2026-11-27), a time, or an age (12h, 3d).")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="The newest so many.")
def history(
    folder: Path, as_json: bool, links: bool, key: str | None, field: str | None, since: str | None, limit: int
) -> None:
    """Changes as they were observed, newest last: in whose sheet, in which cell, from what to what.

    KEY is a campaign (its placements included) or a placement; without one it is everything. A sheet does not say who
    typed, so the team stands for it. What people typed into columns of ours is told too.

    \b
    Example:
      sheetsync history NL-1003 flight_end --since 7d
    """
    config = load(folder)
    from sheetsync import wiring
    from sheetsync.faces.history import history_document, history_text
    from sheetsync.faces.moments import moment
    from sheetsync.faces.tables import Screen

    after = moment(since, "--since", wiring.now()) if since else None
    document = history_document(config, key, field, after, limit)
    print_document(document, as_json, history_text(Screen.here(links), document))


@click.command(short_help="The last runs, or one of them in full.")
@configured
@as_json_too
@with_links
@click.argument("run", required=False)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="The newest so many.")
def runs(folder: Path, as_json: bool, links: bool, run: str | None, limit: int) -> None:
    """The last runs, newest last; with RUN (an id, the beginning of one, or "last") that one in full.

    In the table, requests are reads + writes, and books are workbooks written. In full: what it counted and could not
    do, the workbooks it wrote, the changes it saw, the flags it opened and closed.

    \b
    Example:
      sheetsync runs last
    """
    config = load(folder)
    from sheetsync.faces.runs import run_document, run_text, runs_document, runs_text
    from sheetsync.faces.tables import Screen

    screen = Screen.here(links)
    if run is None:
        document = runs_document(config, limit)
        print_document(document, as_json, runs_text(screen, document))
    else:
        document = run_document(config, run)
        print_document(document, as_json, run_text(screen, document))


@click.command(short_help="Sources, handoffs and contracts as they are configured.")
@configured
@as_json_too
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "mermaid", "svg"]),
    default="text",
    show_default=True,
    help="A Mermaid flowchart, or a picture that needs nothing but a browser.",
)
@click.option("--mermaid", is_flag=True, help="The same as --format mermaid.")
def graph(folder: Path, as_json: bool, form: str, mermaid: bool) -> None:
    """The map of the work: who owns what, which sheet feeds which, what must hold on the way, who approves what.

    It marks handoffs that go round in a circle, fields nobody owns, sources nobody reads, and exceptions that ended.

    \b
    Example:
      sheetsync graph --format svg > graph.svg
    """
    config = load(folder)
    from sheetsync.faces.graph import graph_document, graph_mermaid, graph_text
    from sheetsync.faces.graph_svg import graph_svg
    from sheetsync.faces.tables import Screen

    document = graph_document(config)
    drawn = {"mermaid": graph_mermaid, "svg": graph_svg}.get("mermaid" if mermaid else form)
    print_document(document, as_json, drawn(document) if drawn else graph_text(Screen.here(), document))


@click.group(short_help="What one handoff demands.")
def contract() -> None:
    """What stands on a handoff, and how it is kept.

    \b
    Example:
      sheetsync contract show "briefs->landing"
    """


@contract.command("show", short_help="One handoff, or one of its contracts, in full.")
@configured
@as_json_too
@with_links
@click.argument("name", shell_complete=completion.contracts)
def show_contract(folder: Path, as_json: bool, links: bool, name: str) -> None:
    """Who gives and who takes, what must hold for each field, for whom it need not, when it may be taken, and the flags
    that stand now.

    NAME is a handoff, or one of its contracts as flags name it: "briefs->landing.offer". Put it in quotes, or write
    briefs:landing.offer, because a shell takes > for itself.

    \b
    Example:
      sheetsync contract show "briefs->landing.offer"
    """
    config = load(folder)
    from sheetsync.faces.contract import contract_document, contract_text
    from sheetsync.faces.tables import Screen

    document = contract_document(config, name)
    print_document(document, as_json, contract_text(Screen.here(links), document))
