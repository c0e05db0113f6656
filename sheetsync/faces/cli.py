"""The command line: parse, one call, print. Heavy libraries are imported by the commands that need them."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sheetsync.errors import SheetsyncError

if TYPE_CHECKING:
    from sheetsync.config import Config

_F = TypeVar("_F", bound=Callable[..., Any])

_config = click.option(
    "--config",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("config"),
    envvar="SHEETSYNC_CONFIG",
    show_default=True,
    metavar="DIR",
    help="Folder with the configuration.",
)
_as_person = click.option(
    "--as",
    "key_file",
    type=click.Path(path_type=Path),
    default=Path("accounts/person.json"),
    envvar="SHEETSYNC_PERSON",
    show_default=True,
    metavar="FILE",
    help="Key file of the person at the keyboard.",
)
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")


class _Commands(click.Group):
    """Turns every trouble we know into one line on stderr and its exit code; a traceback is a bug of ours."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SheetsyncError as error:
            click.echo(f"{click.style('error:', fg='red')} {error}", err=True)
            sys.exit(error.exit_code)
        except BrokenPipeError:
            # The reader (head, less) has gone; nothing more can be said to anyone.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.commands)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="sheetsync-ops", prog_name="sheetsync")
@click.pass_context
def main(context: click.Context) -> None:
    """Everyone keeps their sheets; sheetsync says where they disagree, whose word counts, and fills what nobody should
    type.

    Exit codes: 0 done, 1 runtime error, 2 usage or configuration, 12 a guard stopped writes, 13 another run holds the
    lock, 14 some sources unreachable and the rest done; with --exit-code also 10 changes pending and 11 open conflicts.
    """
    context.color = None if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else False


@main.command(short_help="The story of a season, without credentials.")
@click.option("--keep", is_flag=True, help="Leave the sandbox up afterwards and say what to try.")
@click.option(
    "--folder", type=click.Path(path_type=Path), metavar="DIR", help="Where to work (default: a new temporary folder)."
)
def demo(keep: bool, folder: Path | None) -> None:
    """Sandbox, a realistic story and two reconciles; needs no credentials."""
    from sheetsync.faces.demo import run_demo

    sys.exit(run_demo(keep, folder, _say))


@main.command(short_help="Check the configuration.")
@_config
@_json
@click.option("--sheets", "look", is_flag=True, help="Also look at every sheet; nothing is written.")
def validate(folder: Path, as_json: bool, look: bool) -> None:
    """Check the configuration; every problem at once, with file and line.

    With --sheets also whether each sheet can be read, where its header is, and whether columns can stand beside it.
    """
    config = _load(folder)
    from sheetsync.faces.configuration import configuration_document, configuration_text, sheets_document

    document = configuration_document(config)
    if look:
        document = sheets_document(config, document)
    _print(document, as_json, configuration_text(document))
    sys.exit(document.get("exit_code", 0))


@main.command(short_help="Check what is believed about Google.")
@click.option(
    "--spreadsheet", required=True, metavar="ID", help="A blank spreadsheet, shared with the account as Editor."
)
@_config
@_json
@click.option(
    "--second-credentials",
    "second",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Key file of another account that may edit it too, for what two accounts see of each other.",
)
@click.option("--unshared", metavar="ID", help="A spreadsheet that is not shared with the account.")
def probe(folder: Path, as_json: bool, spreadsheet: str, second: Path | None, unshared: str | None) -> None:
    """Check in a scratch spreadsheet what our promises assume about Google, and say which of them do not hold.

    Works in tabs of its own and takes them away again. Exit codes: 0 nothing is refuted, 1 something is, 14 something
    could not be asked.
    """
    config = _load(folder)
    from sheetsync.faces.probe import probe_document, probe_text

    with _progress() as tell:
        document = probe_document(config, spreadsheet, second, unshared, tell)
    _print(document, as_json, probe_text(document))
    sys.exit(document["exit_code"])


@main.command(short_help="Compare everything and write what is found.")
@_config
@_json
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@click.option(
    "--accept",
    multiple=True,
    metavar="GUARD[:SOURCE]",
    help="Let a guard pass this once, for one source or for all; what holds says what to type. Repeatable.",
)
@click.option(
    "--exit-code", "tell_state", is_flag=True, help="Also exit 10 for changes pending, 11 for open conflicts."
)
def reconcile(folder: Path, as_json: bool, dry_run: bool, accept: tuple[str, ...], tell_state: bool) -> None:
    """Read every source, compare, and write flags and generated values into columns and tabs of ours."""
    config = _load(folder)
    from sheetsync.faces.render import run_text
    from sheetsync.faces.views import reconcile_now

    done = reconcile_now(config, dry_run, accept)
    document = done.document
    _print(document, as_json, run_text(document, done.headings))
    sys.exit(document["run"]["exit_code"] or (_state(document) if tell_state else 0))


@main.command(short_help="What is open, worst first.")
@_config
@_json
def status(folder: Path, as_json: bool) -> None:
    """What guards hold, and open flags, worst first, as the last run left them."""
    config = _load(folder)
    from sheetsync.faces.render import status_text
    from sheetsync.faces.views import status_document

    document = status_document(config)
    _print(document, as_json, status_text(document))


@main.command(short_help="Who claims what, and whose word counts.")
@_config
@_json
@click.argument("key")
@click.argument("field", required=False)
def truth(folder: Path, as_json: bool, key: str, field: str | None) -> None:
    """Every place that claims a value of record KEY, whose word counts, and since when.

    KEY is a campaign id (NL-1003) or a placement ("NL-1003 / email / hero-banner").
    """
    config = _load(folder)
    from sheetsync.faces.render import truth_text
    from sheetsync.faces.truth import truth_document

    document = truth_document(config, key, field)
    _print(document, as_json, truth_text(document))


@main.command(short_help="Hand a team's own column of a generated field over to us.")
@_config
@_json
@click.argument("source")
@click.argument("field")
def adopt(folder: Path, as_json: bool, source: str, field: str) -> None:
    """Make the column in which SOURCE has typed FIELD until now one that sheetsync fills.

    Its header stays, what was typed goes to the history, and values that are live stay as they are.
    """
    config = _load(folder)
    from sheetsync.faces.ours import adopt_document, adopt_text

    document = adopt_document(config, source, field)
    _print(document, as_json, adopt_text(document))


@main.command(short_help="Take everything of ours out of people's workbooks.")
@_config
@_json
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--all", "everything", is_flag=True, help="Every configured workbook.")
@click.option("--spreadsheet", default="", metavar="ID", help="A workbook that need not be configured any more.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and touch nothing.")
def detach(
    folder: Path, as_json: bool, sources: tuple[str, ...], everything: bool, spreadsheet: str, dry_run: bool
) -> None:
    """Leave workbooks as if sheetsync had never been there: its columns, its tab, its marks.

    A column that was adopted stays, with the values it shows.
    """
    config = _load(folder)
    from sheetsync.faces.ours import detach_document, detach_text

    document = detach_document(config, sources, everything, spreadsheet, dry_run)
    _print(document, as_json, detach_text(document))
    sys.exit(document["exit_code"])


@main.group(invoke_without_command=True, short_help="A local server that speaks Google's protocol.")
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
    """A local server that speaks Google's Sheets, Drive and token endpoints on loopback."""
    if context.invoked_subcommand is None:
        from sheetsync.faces.sandbox import serve_sandbox

        serve_sandbox(port, state, accounts, stories, names)


@sandbox.command()
@click.argument("link")
@click.argument("value")
@_as_person
def edit(link: str, value: str, key_file: Path) -> None:
    """Type VALUE into the cell a LINK points to, as a person would."""
    from sheetsync.faces.sandbox import type_into

    _say(type_into(link, value, key_file))


@sandbox.command()
@click.argument("link")
@_as_person
def sort(link: str, key_file: Path) -> None:
    """Sort a tab from the row of the cell a LINK points to downwards, by that cell's column."""
    from sheetsync.faces.sandbox import sort_by

    _say(sort_by(link, key_file))


def _load(folder: Path) -> "Config":
    from sheetsync.config import load

    return load(folder, os.environ)


def _state(document: Any) -> int:
    if any(flag["kind"] == "conflict" for flag in document["flags"]):
        return 11
    return 10 if any(write["state"] == "planned" for write in document["written"]) else 0


def _print(document: Any, as_json: bool, text: Iterable[str]) -> None:
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        for line in text:
            click.echo(line)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Names what is being done, on a terminal, in one line that is gone afterwards."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    try:
        yield lambda doing: click.echo(f"\r\x1b[K{doing} …", nl=False, err=True)
    finally:
        click.echo("\r\x1b[K", nl=False, err=True)


def _say(line: str = "") -> None:
    click.echo(line)
