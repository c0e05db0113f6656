"""Before the first run: try it, check the configuration, check what is believed about Google."""

import sys
from pathlib import Path

import click

from sheetsync.faces.terminal import as_json_too, configured, load, load_or_none, print_document, progress, say


@click.command(short_help="The story of a season, without credentials.")
@click.option("--keep", is_flag=True, help="Leave the sandbox up afterwards and say what to try.")
@click.option(
    "--folder", type=click.Path(path_type=Path), metavar="DIR", help="Where to work (default: a new temporary folder)."
)
def demo(keep: bool, folder: Path | None) -> None:
    """Sandbox, a realistic story and two reconciles; needs no credentials.

    \b
    Example:
      sheetsync demo --keep
    """
    from sheetsync.faces.demo import run_demo

    sys.exit(run_demo(keep, folder, say))


#: --locale
of_locale = click.option("--locale", default="", metavar="NAME", help="As which people wrote a file, e.g. de_DE.")


@click.command(short_help="What a sheet nobody has described is taken for.")
@click.argument("what", metavar="URL|FILE")
@configured
@click.option("--tab", metavar="NAME|ID", help="Only this tab.")
@of_locale
@as_json_too
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="A new file for the source block."
)
def inspect(folder: Path, what: str, tab: str | None, locale: str, as_json: bool, out: Path | None) -> None:
    """Show which tables a sheet holds, what each row and column is taken for and why, and what must be asked; nothing
    is written into it.

    URL is a spreadsheet's address or id; FILE an .xlsx, a .csv, or a folder of .csv files. A source ready for
    sources.yaml comes last, with what is in doubt as comments. Fields and headers of your own count where DIR is there.

    \b
    Example:
      sheetsync inspect plan.xlsx --out sources.yaml
    """
    from sheetsync.faces.inspecting import inspect_document, inspect_text
    from sheetsync.faces.tables import Screen
    from sheetsync.faces.writing import write_new

    config = load_or_none(folder)
    with progress() as tell:
        tell(f"looking at {what}")
        document = inspect_document(config, what, tab, locale)
    if out is not None and document["source_block"]:
        write_new(out, document["source_block"])
    print_document(document, as_json, inspect_text(Screen.here(), document, out))


@click.command(short_help="From your sheets to a first configuration.")
@click.argument("what", nargs=-1, metavar="[URL|FILE]...")
@configured
@of_locale
@click.option(
    "--answers", type=click.Path(path_type=Path), metavar="FILE", help="YAML: the id of a question, and its answer."
)
@click.option("--yes", is_flag=True, help="Take every default; with --answers for what it does not answer.")
def init(folder: Path, what: tuple[str, ...], locale: str, answers: Path | None, yes: bool) -> None:
    """Look at several sheets, ask what is in doubt, and write a first configuration into a new folder, everything in
    mode observe; then validate it and show a first plan. Nothing is written into a sheet.

    Each URL is a spreadsheet's address or id, each FILE an .xlsx, a .csv, or a folder of .csv files. Nothing in doubt
    is taken for granted: what is not answered is left alone.

    \b
    Example:
      sheetsync init briefs.xlsx landing.xlsx --config my-config
      sheetsync init briefs.xlsx --config my-config --yes
    """
    from sheetsync.faces.dialogue import FromFile, asking, sheets_to_look_at
    from sheetsync.faces.initiating import refuse_taken, run_init

    refuse_taken(folder)
    ask = asking(answers, yes)
    checked = ask.check if isinstance(ask, FromFile) else lambda: None
    sys.exit(run_init(folder, what or sheets_to_look_at(answers is None and not yes), locale, ask, say, checked))


@click.command(short_help="Check the configuration.")
@configured
@as_json_too
@click.option("--sheets", "look", is_flag=True, help="Also look at every sheet; nothing is written.")
def validate(folder: Path, as_json: bool, look: bool) -> None:
    """Check the configuration; every problem at once, with file and line.

    With --sheets also whether each sheet can be read, where its header is, and whether columns can stand beside it.

    \b
    Example:
      sheetsync validate --config my-config --sheets
    """
    config = load(folder)
    from sheetsync.faces.configuration import configuration_document, configuration_text, sheets_document
    from sheetsync.faces.tables import Screen, folded

    document = configuration_document(config)
    if look:
        document = sheets_document(config, document)
    print_document(document, as_json, folded(Screen.here(), configuration_text(document)))
    sys.exit(document.get("exit_code", 0))


@click.command(short_help="Check all that a first run could fail at.")
@configured
@as_json_too
def doctor(folder: Path, as_json: bool) -> None:
    """Check everything a first run could fail at, in order, each with what to do about it; nothing is written.

    The key and whose it is, this computer's clock, Google's APIs, each spreadsheet (shared as its mode needs, a Google
    Sheet, its tab and headers), the system of record, the ledger. Exit codes: 0 nothing failed, 1 something did, 2 the
    configuration does not load.

    \b
    Example:
      sheetsync doctor --config my-config
    """
    from sheetsync.faces.doctor import doctor_document, doctor_text

    with progress() as tell:
        document = doctor_document(folder, tell)
    print_document(document, as_json, doctor_text(document))
    sys.exit(document["exit_code"])


@click.command(short_help="Check what is believed about Google.")
@click.option(
    "--spreadsheet", required=True, metavar="ID", help="A blank spreadsheet, shared with the account as Editor."
)
@configured
@as_json_too
@click.option(
    "--second-credentials",
    "second",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Key file of another account that may edit it too, for what two accounts see of each other.",
)
@click.option("--unshared", metavar="ID", help="A spreadsheet that is not shared with the account.")
@click.option(
    "--sandbox",
    is_flag=True,
    help="Also check what only the sandbox assumes; asks for the whole of Drive and takes a few minutes.",
)
def probe(
    folder: Path, as_json: bool, spreadsheet: str, second: Path | None, unshared: str | None, sandbox: bool
) -> None:
    """Check in a scratch spreadsheet what our promises assume about Google, and say which of them do not hold.

    Works in tabs of its own and takes them away again; with --sandbox also in files of its own in Drive. Exit codes:
    0 nothing is refuted, 1 something is, 14 something could not be asked.

    \b
    Example:
      sheetsync probe --spreadsheet ID
      sheetsync probe --spreadsheet ID --sandbox
    """
    config = load(folder)
    from sheetsync.faces.probe import probe_document, probe_text

    with progress() as tell:
        document = probe_document(config, spreadsheet, second, unshared, sandbox, tell)
    print_document(document, as_json, probe_text(document))
    sys.exit(document["exit_code"])
