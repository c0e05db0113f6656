"""What every command shares: its options, and how it speaks to the person at the terminal."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any

import click

#: after this long people wonder whether anything happens
_PATIENCE_SECONDS = 2.0

if TYPE_CHECKING:
    from sheetsync.config import Config

#: --config
configured = click.option(
    "--config",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("config"),
    envvar="SHEETSYNC_CONFIG",
    show_default=True,
    metavar="DIR",
    help="Folder with the configuration.",
)
#: --as
as_person = click.option(
    "--as",
    "key_file",
    type=click.Path(path_type=Path),
    default=Path("accounts/person.json"),
    envvar="SHEETSYNC_PERSON",
    show_default=True,
    metavar="FILE",
    help="Key file of the person at the keyboard.",
)
#: --json
as_json_too = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")

#: --links
with_links = click.option("--links", is_flag=True, help="Print links in full as well.")


def load(folder: Path) -> "Config":
    """The configuration in a folder. Raises `ConfigError` with every problem at once."""
    from sheetsync import config

    return config.load(folder, os.environ)


def load_or_none(folder: Path) -> "Config":
    """The configuration in a folder; where there is no such folder what holds without one."""
    from sheetsync import config

    return load(folder) if folder.exists() else config.unconfigured(os.environ)


def print_document(document: Any, as_json: bool, text: Iterable[str]) -> None:
    """A document as JSON, or what was made of it for people."""
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        for line in text:
            click.echo(line)


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Names what is being done, on a terminal, once it takes longer than people wait without wondering."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.markup import escape

    status = Console(stderr=True).status("at work …", spinner="line")
    beginning = Timer(_PATIENCE_SECONDS, status.start)
    beginning.start()
    try:
        yield lambda doing: status.update(f"{escape(doing)} …")
    finally:
        beginning.cancel()
        beginning.join()
        status.stop()


def say(line: str = "") -> None:
    """One line for people."""
    click.echo(line)
