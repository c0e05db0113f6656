"""A team's own files in the sandbox: what came in and what did not, and what went out again."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sheetsync.errors import SheetsyncError, UsageError
from sheetsync.faces.tables import Column, Screen, folded, heading, table, visible
from sheetsync.sandbox import SandboxError, State
from sheetsync.sandbox.exchange import Brought, Settings, bring_in, find, take_out

Document = dict[str, Any]

_VERSION = 1
#: told by name before the rest is only counted
_NAMED = 8


def import_document(
    path: Path, state_file: Path, *, locale: str, title: str, share: tuple[str, ...], as_text: bool
) -> Document:
    """Every workbook of a file or folder, brought into a state file that nobody serves at the moment."""
    # Looked at first, so that a mistyped name leaves no new state behind.
    if not path.exists():
        raise UsageError(f"{path}: no such file or folder.", "Name an .xlsx or .csv file, or a folder of them.")
    try:
        with closing(State(str(state_file))) as state:
            brought, passed = bring_in(state, path, Settings(locale, title, share, as_text))
    except SandboxError as error:
        raise SheetsyncError(f"{error}.") from error
    return _imported(brought, passed, str(state_file))


def import_while_starting(state: State, paths: tuple[Path, ...], locale: str) -> Iterator[Document]:
    """The same into the state of a sandbox that is about to answer; what it has already stays as it is."""
    for path in paths:
        brought, passed = bring_in(state, path, Settings(locale), keep=True)
        yield _imported(brought, passed, "")


def _imported(brought: list[Brought], passed: list[Path], state_file: str) -> Document:
    return {
        "version": _VERSION,
        "state": state_file,
        "spreadsheets": [_spreadsheet(each) for each in brought],
        "passed_over": [str(path) for path in passed],
    }


def _spreadsheet(brought: Brought) -> Document:
    book = brought.book
    tabs = [
        {
            "title": tab.title,
            "tab_id": tab.sheet_id,
            "rows": max((row for row, _ in tab.cells), default=-1) + 1,
            "columns": max((column for _, column in tab.cells), default=-1) + 1,
            "filled": sum(1 for cell in tab.cells.values() if cell.holds_value),
            "formulas": sum(1 for cell in tab.cells.values() if cell.formula is not None),
            "hidden": tab.hidden,
        }
        for tab in book.tabs
    ]
    return {
        "id": book.id,
        "title": book.title,
        "locale": book.locale,
        "owner": book.owner,
        "shared_with": dict(book.shared_with),
        "kept": brought.kept,
        "tabs": tabs,
        "remarks": list(brought.remarks),
        "not_calculated": list(brought.not_calculated),
        "not_carried_over": list(brought.losses),
    }


def import_text(screen: Screen, document: Document) -> Iterator[str]:
    """What came in, what did not, what to write into sources.yaml, and what to type next."""
    for book in document["spreadsheets"]:
        yield from _book_text(screen, book)
    if document["passed_over"]:
        yield from folded(screen, [f"passed over, neither .xlsx nor .csv: {', '.join(document['passed_over'])}"])
    if document["state"]:
        state = document["state"]
        yield "next:"
        yield f"  sheetsync sandbox --state {state}"
        book = document["spreadsheets"][0]
        yield "  name a tab in config/sources.yaml as above, then: sheetsync validate --sheets"
        yield "to take it out again:"
        yield f"  sheetsync sandbox export {book['id']} --state {state} --to FILE.xlsx"


def _book_text(screen: Screen, book: Document) -> Iterator[str]:
    title = visible(book["title"])
    if book["kept"]:
        yield from folded(screen, [f"{title}: there already, left as it is ({book['id']})"])
        return
    shared = ", ".join(book["shared_with"]) or "nobody"
    yield from heading(screen, f"{title}: imported, locale {book['locale']}")
    yield from folded(screen, [f"  owned by {book['owner']}", f"  shared with {shared}"])
    rows = [
        (
            f"{tab['title']}{' (hidden)' if tab['hidden'] else ''}",
            str(tab["tab_id"]),
            f"{tab['rows']:,}",
            f"{tab['columns']:,}",
            f"{tab['filled']:,}",
            f"{tab['formulas']:,}",
        )
        for tab in book["tabs"]
    ]
    numbers = (Column(head, right=True) for head in ("tab_id", "rows", "columns", "filled cells", "formulas"))
    yield from table(screen, [Column("tab"), *numbers], rows)
    yield from folded(screen, (f"  {visible(remark)}" for remark in book["remarks"]))
    if book["not_calculated"]:
        names = book["not_calculated"]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        yield from folded(screen, [f"  kept, but not calculated here: {', '.join(names[:_NAMED])}{more}"])
    if book["not_carried_over"]:
        yield "  not carried over:"
        yield from folded(screen, (f"    {visible(loss)}" for loss in book["not_carried_over"]))
    yield "  for config/sources.yaml:"
    yield f"    spreadsheet: {book['id']}"
    first = next((tab for tab in book["tabs"] if not tab["hidden"]), book["tabs"][0])
    yield f"    tab_id: {first['tab_id']}  # {visible(first['title'])}"


def export_document(name: str, state_file: Path, target: Path) -> Document:
    """A spreadsheet of a state file, whole as .xlsx or as shown into a folder."""
    if not state_file.exists():
        raise UsageError(f"{state_file}: no such state file.", "It is what --state named when the sandbox was started.")
    try:
        with closing(State(str(state_file))) as state:
            book = find(state, name)
            files, losses = take_out(state, book, target)
    except (SandboxError, OSError) as error:
        raise SheetsyncError(f"{error}.") from error
    return {
        "version": _VERSION,
        "id": book.id,
        "title": book.title,
        "files": [str(path) for path in files],
        "not_carried_over": losses,
    }


def export_text(screen: Screen, document: Document) -> Iterator[str]:
    """The files written, and what stayed behind."""
    for path in document["files"]:
        yield f"written: {path}"
    if document["not_carried_over"]:
        yield "not carried over:"
        yield from folded(screen, (f"  {visible(loss)}" for loss in document["not_carried_over"]))
