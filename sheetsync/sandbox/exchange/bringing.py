"""A team's files become spreadsheets of a state, and go back out of it."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from babel import Locale, UnknownLocaleError

from sheetsync.sandbox.accounts import email_of
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.errors import SandboxError
from sheetsync.sandbox.exchange.csv_in import Typing, read_csv
from sheetsync.sandbox.exchange.csv_out import write_folder
from sheetsync.sandbox.exchange.files import Found, workbooks_at
from sheetsync.sandbox.exchange.losses import Losses
from sheetsync.sandbox.exchange.xlsx_in import read_xlsx
from sheetsync.sandbox.exchange.xlsx_out import write_xlsx
from sheetsync.sandbox.formulas.functions import FUNCTIONS
from sheetsync.sandbox.model import SHEETS_MIME, Tab, Workbook
from sheetsync.sandbox.store import State

#: who owns what is imported, and who may write in it unless somebody else is named
OWNER, READER = "person", "sheetsync"
#: not functions of the table, but understood
_FORMS = frozenset(("LET",))
_CALL, _QUOTED = re.compile(r"([A-Za-z_][\w.]*)\s*\("), re.compile(r"\"[^\"]*\"|'[^']*'")
#: Excel is asked for: a workbook; anything else is a folder of CSV
_WHOLE = (".xlsx",)


@dataclass(frozen=True)
class Settings:
    """How files are to be understood; an empty locale is the file's own, else en_US."""

    locale: str = ""
    title: str = ""
    share: Sequence[str] = (READER,)
    as_text: bool = False
    #: texts of a .csv become only what they are in every locale; an .xlsx says itself what its cells are
    as_they_stand: bool = False

    @property
    def typing(self) -> Typing:
        return Typing.ALL_TEXT if self.as_text else Typing.AS_IT_STANDS if self.as_they_stand else Typing.IN_LOCALE


@dataclass(frozen=True)
class Brought:
    """A spreadsheet that came in, what there is to know of how, and what did not come along."""

    book: Workbook
    remarks: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    #: functions its formulas call and the sandbox does not calculate
    not_calculated: tuple[str, ...] = ()
    #: it was there already and was left alone
    kept: bool = False
    #: nobody and nothing says in which locale its people write
    without_locale: bool = False


def bring_in(state: State, path: Path, settings: Settings, keep: bool = False) -> tuple[list[Brought], list[Path]]:
    """Every workbook of a file or folder, all or none, as new spreadsheets; also the files that were passed over.

    With `keep` a spreadsheet that an earlier import of the same name left stays as it is. Raises SandboxError.
    """
    _check_locale(settings.locale)
    found, passed = workbooks_at(path)
    if settings.title and len(found) > 1:
        raise SandboxError(f"{path}: holds {len(found)} workbooks; --title is for one")
    with state.lock:
        brought: list[Brought] = []
        for each in found:
            title = settings.title or each.title
            number = 0
            while not keep and _id(title, number) in {*state.workbooks, *(one.book.id for one in brought)}:
                number += 1
            there = state.workbooks.get(_id(title, number))
            brought.append(
                Brought(there, kept=True) if there else _read(state, each, _id(title, number), title, settings)
            )
        for each_brought in brought:
            if not each_brought.kept:
                state.commit(each_brought.book, each_brought.book.owner)
    return brought, passed


def _check_locale(locale: str) -> None:
    try:
        Locale.parse((locale or "en_US").replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        raise SandboxError(f"unknown locale {locale!r}; write it as de_DE or en_GB") from None


def _id(title: str, number: int) -> str:
    """An id as Google gives them, the same for the same title, so that configurations stay true."""
    digest = hashlib.sha256(f"{title}\n{number}".encode(errors="replace")).digest()
    return "1" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _read(state: State, found: Found, book_id: str, title: str, settings: Settings) -> Brought:
    book = Workbook(book_id, title, settings.locale.replace("-", "_"), time_zone="", owner=email_of(OWNER))
    book.shared_with = {email_of(name): "writer" for name in settings.share if email_of(name) != book.owner}
    losses, remarks = Losses(), []
    today = state.clock().date()
    if found.excel:
        read_xlsx(found.files[0][0], book, today, losses)
    else:
        book.locale, book.time_zone = book.locale or "en_US", "Etc/GMT"
        editing = Editing(book, book.owner, today)
        for number, (path, tab_title) in enumerate(found.files):
            tab = Tab(number, _fresh(book, tab_title))
            book.tabs.append(tab)
            remarks.append(f"{path.name}: read as {read_csv(path, tab, editing, losses, settings.typing)}")
    nowhere = not found.excel and not settings.locale
    return Brought(book, tuple(remarks), tuple(losses.lines()), _not_calculated(book), without_locale=nowhere)


def _fresh(book: Workbook, title: str) -> str:
    own, number = title[:100], 2
    while book.titled(own) is not None:
        own, number = f"{title[:90]} ({number})", number + 1
    return own


def _not_calculated(book: Workbook) -> tuple[str, ...]:
    """Functions that formulas call and the sandbox does not know, the commonest first."""
    called: Counter[str] = Counter()
    for tab in book.tabs:
        for cell in tab.cells.values():
            if cell.formula is not None:
                called.update(name.upper() for name in _CALL.findall(_QUOTED.sub("", cell.formula)))
    return tuple(name for name, _ in called.most_common() if name not in FUNCTIONS and name not in _FORMS)


def find(state: State, name: str) -> Workbook:
    """The spreadsheet of this id or title. Raises SandboxError that lists what there is."""
    books = [book for book in state.workbooks.values() if book.mime_type == SHEETS_MIME and not book.trashed]
    fitting = [book for book in books if book.id == name] or [
        book for book in books if book.title.casefold() == name.casefold()
    ]
    if len(fitting) == 1:
        return fitting[0]
    listed = "; ".join(f"{book.title!r} {book.id}" for book in (fitting or books)[:10]) or "none"
    if fitting:
        raise SandboxError(f"{len(fitting)} spreadsheets are titled {name!r}; name one by its id: {listed}")
    raise SandboxError(f"no spreadsheet {name!r} in this state (there: {listed})")


def take_out(state: State, book: Workbook, target: Path) -> tuple[list[Path], list[str]]:
    """Writes a spreadsheet whole into an .xlsx, or what is shown into a folder of CSV; the files and what stays behind.

    Raises SandboxError.
    """
    if target.suffix.lower() in _WHOLE:
        if target.exists():
            raise SandboxError(f"{target} is there already; name a new file")
        losses = Losses()
        target.parent.mkdir(parents=True, exist_ok=True)
        write_xlsx(book, target, state.today(book), losses)
        return [target], losses.lines()
    if target.suffix.lower() in (".csv", ".tsv", ".xls", ".ods"):
        raise SandboxError(f"{target}: name an .xlsx file, or a folder for one .csv per tab")
    return write_folder(state.results(book), target), []
