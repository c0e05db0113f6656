"""The sandbox, and a person at its keyboard."""

from pathlib import Path
from typing import Any

import click

from sheetsync.faces.terminal import as_json_too, as_person, print_document, say

#: --accounts, of a sandbox that is running
of_accounts = click.option(
    "--accounts",
    type=click.Path(path_type=Path),
    default=Path("accounts"),
    show_default=True,
    metavar="DIR",
    help="The folder it was started with.",
)


@click.group(invoke_without_command=True, short_help="A local server that speaks Google's protocol.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="Port on 127.0.0.1 (0: any free one).",
)
@click.option("--state", default=":memory:", show_default=True, metavar="FILE", help="Where its spreadsheets live.")
@click.option(
    "--accounts",
    type=click.Path(path_type=Path),
    default=Path("accounts"),
    show_default=True,
    metavar="DIR",
    help="Folder for the service-account key files it issues.",
)
@click.option("--account", "names", multiple=True, metavar="NAME", help="Issue one more account.")
@click.option(
    "--story",
    "stories",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="DIR",
    help="Load a story's workbooks first.",
)
@click.option(
    "--import",
    "imports",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="Bring in .xlsx or .csv files first; see `import`.",
)
@click.option("--locale", default="", metavar="NAME", help="How the imported files are to be read, e.g. de_DE.")
@click.pass_context
def sandbox(
    context: click.Context,
    port: int,
    state: str,
    accounts: Path,
    names: tuple[str, ...],
    stories: tuple[Path, ...],
    imports: tuple[Path, ...],
    locale: str,
) -> None:
    """A local server that speaks Google's Sheets, Drive and token endpoints on loopback.

    \b
    Example:
      sheetsync sandbox --story fixtures/season
    """
    if context.invoked_subcommand is None:
        from sheetsync.faces.sandbox import serve_sandbox

        serve_sandbox(port, state, accounts, stories, names, imports, locale)


@sandbox.command()
@click.argument("link")
@click.argument("value")
@as_person
def edit(link: str, value: str, key_file: Path) -> None:
    """Type VALUE into the cell a LINK points to, as a person would.

    \b
    Example:
      sheetsync sandbox edit 'http://127.0.0.1:8765/…#gid=0&range=E4' 30.11.2026
    """
    from sheetsync.faces.sandbox import type_into

    say(type_into(link, value, key_file))


@sandbox.command()
@click.argument("link")
@as_person
def sort(link: str, key_file: Path) -> None:
    """Sort a tab from the row of the cell a LINK points to downwards, by that cell's column.

    \b
    Example:
      sheetsync sandbox sort 'http://127.0.0.1:8765/…#gid=0&range=A2'
    """
    from sheetsync.faces.sandbox import sort_by

    say(sort_by(link, key_file))


@sandbox.group()
def fault() -> None:
    """Let requests to a running sandbox go wrong on order.

    \b
    Example:
      sheetsync sandbox fault add 503 --when after --method POST
    """


@fault.command()
@click.argument("kind")
@click.option("--when", type=click.Choice(["before", "after"]), help="Before or after the request was served.")
@click.option("--method", metavar="NAME", help="Only GET, POST …")
@click.option("--path", metavar="PATTERN", help="Only paths like this, with * and ?.")
@click.option("--workbook", metavar="ID", help="Only about this spreadsheet.")
@click.option("--endpoint", metavar="NAME", help="Only this one: BatchUpdateSpreadsheet, token …")
@click.option("--account", metavar="NAME", help="Only of this account.")
@click.option("--nth", type=int, metavar="N", help="The first to be hit of those that fit (1).")
@click.option("--every", type=int, metavar="N", help="From then on every N-th.")
@click.option("--probability", type=float, metavar="P", help="Each with this chance, from 0 to 1.")
@click.option("--seed", type=int, metavar="N", help="The same seed hits the same requests.")
@click.option("--times", type=int, metavar="N", help="So many at most (1; 0: no end).")
@click.option("--seconds", type=float, metavar="S", help="How long a silence or delay lasts.")
@click.option("--retry-after", type=int, metavar="S", help="Say Retry-After.")
@click.option("--behind", type=int, metavar="N", help="So many other requests overtake it.")
@of_accounts
def add(kind: str, accounts: Path, **order: Any) -> None:
    """Let the next request that fits go wrong in one of the KINDs.

    Every request but those for tokens fits that is not ruled out. `sheetsync
    sandbox fault kinds` says what can go wrong.

    \b
    Examples:
      sheetsync sandbox fault add 429 --retry-after 5
      sheetsync sandbox fault add reset --when after --nth 3 --method POST
      sheetsync sandbox fault add 503 --probability 0.1 --seed 7
    """
    from sheetsync.faces.faults import add_fault

    given = {name: value for name, value in order.items() if value is not None}
    say(f"scheduled fault {add_fault(accounts, {'kind': kind, **given})['id']}: {kind}")


@fault.command(name="list")
@of_accounts
@as_json_too
def list_faults(accounts: Path, as_json: bool) -> None:
    """What shall go wrong, and how many requests have fitted and were hit.

    \b
    Example:
      sheetsync sandbox fault list
    """
    from sheetsync.faces.faults import faults_document, faults_text
    from sheetsync.faces.tables import Screen

    document = faults_document(accounts)
    print_document(document, as_json, faults_text(Screen.here(), document))


@fault.command()
@of_accounts
def clear(accounts: Path) -> None:
    """Let nothing go wrong any more.

    \b
    Example:
      sheetsync sandbox fault clear
    """
    from sheetsync.faces.faults import clear_faults

    count = clear_faults(accounts)["cleared"]
    say(f"{count} fault{'' if count == 1 else 's'} cleared")


@fault.command()
@as_json_too
def kinds(as_json: bool) -> None:
    """All that can go wrong, when, and what a client sees of it.

    \b
    Example:
      sheetsync sandbox fault kinds
    """
    from sheetsync.faces.faults import kinds_document, kinds_text
    from sheetsync.faces.tables import Screen

    document = kinds_document()
    print_document(document, as_json, kinds_text(Screen.here(), document))


_state_file = click.option(
    "--state",
    "state",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE",
    help="Where the sandbox keeps its spreadsheets.",
)


@sandbox.command("import", short_help="Bring a team's own .xlsx or .csv files in.")
@click.argument("path", type=click.Path(path_type=Path), metavar="FILE|FOLDER")
@_state_file
@click.option("--locale", default="", metavar="NAME", help="As which people wrote it, e.g. de_DE. Default: en_US.")
@click.option("--title", default="", metavar="TITLE", help="The spreadsheet's title. Default: the file's name.")
@click.option(
    "--share",
    multiple=True,
    metavar="NAME",
    default=("sheetsync",),
    show_default=True,
    help="Account that may write in it.",
)
@click.option("--text", "as_text", is_flag=True, help="Keep every cell of a .csv as text; 0042 stays 0042.")
@as_json_too
def import_(
    path: Path, state: Path, locale: str, title: str, share: tuple[str, ...], as_text: bool, as_json: bool
) -> None:
    """A team's real export becomes a spreadsheet of the sandbox, to be tried on before anything is shared.

    An .xlsx comes in whole: formats, merges, notes, links, formulas, choices, filters. A .csv is typed in as a person
    of its locale would. A FOLDER holds one workbook per sub-folder, or is one itself: a file per tab. What cannot come
    along is said, one line each. Stop the sandbox that uses the state file, or start it with --import.

    \b
    Example:
      sheetsync sandbox import plan.xlsx --state sandbox.db --locale de_DE
    """
    from sheetsync.faces.exchange import import_document, import_text
    from sheetsync.faces.tables import Screen

    document = import_document(path, state, locale=locale, title=title, share=share, as_text=as_text)
    print_document(document, as_json, import_text(Screen.here(), document))


@sandbox.command("export", short_help="Give a spreadsheet back as .xlsx or .csv.")
@click.argument("name", metavar="ID|TITLE")
@_state_file
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE.xlsx|FOLDER",
    help="A new workbook, or a new folder for one .csv per tab.",
)
@as_json_too
def export(name: str, state: Path, target: Path, as_json: bool) -> None:
    """A spreadsheet of the sandbox, whole as .xlsx, or what people see in it as one .csv per tab.

    Excel calculates the formulas when it opens the file; what only Google understands is kept in it beside the value
    last seen, and is a formula again once it is imported. In a .csv, texts that a spreadsheet would take for a formula
    get an apostrophe.

    \b
    Example:
      sheetsync sandbox export 'Q4 plan' --state sandbox.db --to plan.xlsx
    """
    from sheetsync.faces.exchange import export_document, export_text
    from sheetsync.faces.tables import Screen

    document = export_document(name, state, target)
    print_document(document, as_json, export_text(Screen.here(), document))
