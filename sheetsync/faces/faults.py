"""What shall go wrong in a running sandbox: said, listed and taken back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sheetsync.errors import SheetsyncError, UsageError
from sheetsync.faces.tables import Column, Screen, paragraph, table
from sheetsync.sandbox.troubles.faults import KINDS
from sheetsync.sandbox.troubles.remote import Control, ControlError, OrderRefused

Document = Mapping[str, Any]

VERSION = 1
#: of a listed fault, what is said in columns of its own
_TOLD = ("id", "kind", "when", "fitted", "hit")
#: what hardly anybody asks for, and so is not worth a word
_USUAL = {"nth": 1, "every": 1, "probability": 1.0, "seed": 0, "times": 1, "behind": 1}


def add_fault(accounts: Path, order: Mapping[str, Any]) -> Document:
    """Schedules a fault in the sandbox whose key files lie there. Raises UsageError, SheetsyncError."""
    with _told():
        return {"version": VERSION, **Control(accounts).post("faults", order)}


def faults_document(accounts: Path) -> Document:
    """The faults that are scheduled, and what they have done so far."""
    with _told():
        return {"version": VERSION, **Control(accounts).get("faults")}


def clear_faults(accounts: Path) -> Document:
    """Nothing goes wrong any more; says how many faults were taken back."""
    with _told():
        control = Control(accounts)
        cleared = len(control.get("faults")["faults"])
        control.delete("faults")
        return {"version": VERSION, "cleared": cleared}


def kinds_document() -> Document:
    """All that can go wrong."""
    kinds = [{"kind": it.name, "when": list(it.moments), "sees": it.sees} for it in KINDS.values()]
    return {"version": VERSION, "kinds": kinds}


def faults_text(screen: Screen, document: Document) -> Iterator[str]:
    """A line a fault; the last one counts."""
    columns = [Column("id", whole=True), Column("kind", whole=True), Column("when", whole=True)]
    columns += [Column("hit", whole=True, right=True), Column("of", whole=True, right=True), Column("about")]
    rows = [
        [str(it["id"]), it["kind"], it["when"], str(it["hit"]), str(it["fitted"]), _about(it)]
        for it in document["faults"]
    ]
    yield from table(screen, columns, rows)
    count = len(rows)
    yield from paragraph(screen, f"{count} fault{'' if count == 1 else 's'} scheduled")


def kinds_text(screen: Screen, document: Document) -> Iterator[str]:
    """A line a kind: when it can happen, usually first, and what the client sees of it."""
    columns = [Column("kind", whole=True), Column("when", whole=True), Column("what the client sees")]
    yield from table(screen, columns, [[it["kind"], " ".join(it["when"]), it["sees"]] for it in document["kinds"]])


def _about(fault: Mapping[str, Any]) -> str:
    said = [f"{name}={value}" for name, value in fault.items() if name not in _TOLD and value != _USUAL.get(name)]
    return " ".join(said) or "the next request"


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OrderRefused as error:
        raise UsageError(f"{error}.", "`sheetsync sandbox fault add --help` says more.") from error
    except ControlError as error:
        raise SheetsyncError(
            f"{error}.", "Start one with `sheetsync sandbox`, or name its folder: --accounts."
        ) from error
