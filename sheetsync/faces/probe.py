"""What is believed about Google, checked in a scratch spreadsheet: an aligned table, worst first, and what follows."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.graph import SheetTab
from sheetsync.errors import UsageError

Document = Mapping[str, Any]

_COLOURS = {"refuted": "red", "unknown": "yellow", "confirmed": "green"}
_LEAST_WIDTH = 80


def probe_document(
    config: Config,
    spreadsheet: str,
    second: Path | None,
    unshared: str | None,
    sandbox: bool,
    tell: Callable[[str], None],
) -> Document:
    """Check every belief in a scratch spreadsheet. Raises `UsageError` for a spreadsheet that is a source."""
    for source in config.rules.sources.values():
        if isinstance(source.location, SheetTab) and source.location.spreadsheet == spreadsheet:
            text = f"{spreadsheet} is no scratch spreadsheet: your source {source.name!r} is in it."
            raise UsageError(text, "Create a blank one, share it with the account as Editor, and give its id.")
    return wiring.probe(config, spreadsheet, second, unshared, sandbox, tell)


def probe_text(probed: Document, width: int | None = None) -> Iterator[str]:
    """The lines for people, cut at `width` characters (default: the terminal's)."""
    width = max(_LEAST_WIDTH, width or shutil.get_terminal_size((100, 24)).columns)
    beliefs = probed["beliefs"]
    longest = max((len(each["belief"]) for each in beliefs), default=0)
    for each in beliefs:
        verdict = click.style(f"{each['verdict']:<9}", fg=_COLOURS[each["verdict"]])
        room = width - 9 - 2 - longest - 2
        yield f"{verdict}  {each['belief']:<{longest}}  {_cut(each['seen'], room)}"
    for each in beliefs:
        if each["verdict"] == "refuted":
            yield from ("", click.style(f"{each['belief']}: {each['sentence']}", bold=True))
            yield f"  does not hold at Google, and with it: {each['promise']}"
            yield f"  sent: {each['sent']}"
            yield f"  seen: {each['seen']}"
    yield from ("", *probed["troubles"])
    yield _counted(probed)


def _counted(probed: Document) -> str:
    counts, asked = probed["counts"], probed["requests"]
    on = max((each["at"] for each in probed["beliefs"]), default="")[:10]
    parts = ", ".join(f"{counts[verdict]} {verdict}" for verdict in _COLOURS)
    of_drive = f", {asked['drive']} of Drive's" if asked["drive"] else ""
    return f"{on}: {parts}; {asked['reads']} reads, {asked['writes']} writes{of_drive}"


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1]}…"
