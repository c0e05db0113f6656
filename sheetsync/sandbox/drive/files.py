"""Files out of workbooks and workbooks out of files: CSV and TSV, as Drive exports and imports them."""

import csv
import io
from collections.abc import Iterator
from datetime import date

from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.drive.errors import invalid, no_import
from sheetsync.sandbox.errors import GoogleError
from sheetsync.sandbox.model import MAX_CHARACTERS, Tab, Workbook
from sheetsync.sandbox.results import Results
from sheetsync.sandbox.values_write import type_into

CSV, TSV = "text/csv", "text/tab-separated-values"
#: what can be exported, and uploaded to become a spreadsheet; the values are what stands between two cells
DELIMITERS = {CSV: ",", TSV: "\t"}
#: [believed: imported-tabs-have-room]
_LEAST_ROWS, _LEAST_COLUMNS, _LONGEST_TITLE = 1000, 26, 100


def exported(results: Results, media_type: str) -> bytes:
    """The first tab as it is shown: only that one [documented].

    Lines end in CR LF, the last in nothing [believed: exports-end-without-a-line-break].
    """
    lines = shown_rows(results, results.book.tabs[0])
    if media_type == TSV:
        # They would be the file's own: Google puts a space [believed: exported-tabs-and-breaks-are-blanks].
        return "\r\n".join("\t".join(_one_line(text) for text in row) for row in lines).encode()
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(lines)
    return out.getvalue().removesuffix("\r\n").encode(errors="replace")


def _one_line(text: str) -> str:
    return " ".join(text.replace("\t", " ").splitlines())


def shown_rows(results: Results, tab: Tab) -> list[list[str]]:
    """What people see in a tab, each row as wide as the widest, without the empty rest."""
    places = {*tab.cells, *results.spills(tab)}
    texts = {place: text for place in places if (text := results.text(tab, *place))}
    rows = max((row for row, _ in texts), default=-1) + 1
    columns = max((column for _, column in texts), default=-1) + 1
    return [[texts.get((row, column), "") for column in range(columns)] for row in range(rows)]


def import_rows(book: Workbook, raw: bytes, media_type: str, account: str, today: date) -> None:
    """Replaces all tabs of a copied workbook by one with the file's rows, typed as by hand.

    The tab is new, with an id of its own and the file's title [believed: imported-tabs-are-new]; what hung on the old
    tabs is gone. Raises Drive's 400 for content that is no such file, or too large.
    """
    rows = _rows(raw, media_type)
    taken = {tab.sheet_id for tab in book.tabs}
    width = max((len(row) for row in rows), default=0)
    tab = Tab(book.fresh_id(taken), book.title[:_LONGEST_TITLE] or "Sheet1")
    tab.rows, tab.columns = max(len(rows), _LEAST_ROWS), max(width, _LEAST_COLUMNS)
    book.tabs, book.named = [tab], []
    book.metadata = [each for each in book.metadata if each.sheet_id is None]
    editing = Editing(book, account, today)
    try:
        editing.check_size()
        for row, column, text in _filled(rows):
            tab.put(row, column, type_into(tab.cell(row, column), text, editing))
    except GoogleError as error:
        raise invalid("", error.message) from None


def _filled(rows: list[list[str]]) -> Iterator[tuple[int, int, str]]:
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            if len(text) > MAX_CHARACTERS:
                raise invalid(
                    "", f"Your input contains more than the maximum of {MAX_CHARACTERS} characters in a cell."
                )
            if text:
                yield row, column, text


def _rows(raw: bytes, media_type: str) -> list[list[str]]:
    delimiter = DELIMITERS.get(media_type)
    if delimiter is None:
        raise no_import()
    text = raw.decode("utf-8-sig", errors="replace")
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise no_import() from None
