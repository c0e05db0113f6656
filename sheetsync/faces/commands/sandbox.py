"""The sandbox, and a person at its keyboard."""

from pathlib import Path

import click

from sheetsync.faces.terminal import as_person, say


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
@click.pass_context
def sandbox(
    context: click.Context, port: int, state: str, accounts: Path, names: tuple[str, ...], stories: tuple[Path, ...]
) -> None:
    """A local server that speaks Google's Sheets, Drive and token endpoints on loopback.

    \b
    Example:
      sheetsync sandbox --story fixtures/season
    """
    if context.invoked_subcommand is None:
        from sheetsync.faces.sandbox import serve_sandbox

        serve_sandbox(port, state, accounts, stories, names)


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
