"""An .xlsx before anybody unfolds it: a zip of XML, looked at from outside and refused where it would do harm."""

import re
from pathlib import Path
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from sheetsync.sandbox.errors import SandboxError
from sheetsync.sandbox.exchange.losses import Losses

#: entries, and bytes once unfolded: a workbook of ten million cells has more, and would not fit Google either
_MOST_ENTRIES, _MOST_BYTES = 10_000, 400_000_000
#: styles, names, comments and the like, of which each byte costs far more memory than a cell's
_MOST_BYTES_EACH = 20_000_000
_BIG_PARTS = re.compile(
    r"xl/(?:worksheets/[^/]+\.xml|sharedStrings\.xml|(?:media|embeddings|externalLinks|pivotCache)/.*)"
)
#: the namespaces of the strict form, which openpyxl does not read
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")

#: what is found in the package and does not come along
_LEFT_OUT = (
    ("charts", r"xl/charts/chart[^/]*\.xml"),
    ("chart tabs", r"xl/chartsheets/[^/]*\.xml"),
    ("pivot tables, their cells came in as values", r"xl/pivotTables/[^/]*\.xml"),
    ("images", r"xl/media/.*"),
    ("macros", r"xl/vbaProject\.bin"),
    ("slicers", r"xl/slicers/[^/]*\.xml"),
    ("form controls", r"xl/ctrlProps/[^/]*\.xml"),
    ("data connections", r"xl/connections\.xml"),
    ("tables, their cells came in as a plain range", r"xl/tables/[^/]*\.xml"),
    ("links to other workbooks", r"xl/externalLinks/externalLink[^/]*\.xml"),
    ("threaded comments, their first text came in as a note", r"xl/threadedComments/[^/]*\.xml"),
)


def open_archive(path: Path) -> ZipFile:
    """The opened zip of an .xlsx (or .xlsm) that is safe to unfold. Raises SandboxError: one line with what to do."""
    try:
        with path.open("rb") as file:
            head = file.read(8)
        if head == _OLE:
            raise SandboxError(_old_or_locked(path))
        archive = ZipFile(path)
    except BadZipFile:
        raise SandboxError(
            f"{path}: this is no .xlsx file; open it in Excel or Google Sheets and save it as one"
        ) from None
    except OSError as error:
        raise SandboxError(f"{path}: cannot be read: {error.strerror or error}") from None
    try:
        _look_at(path, archive)
    except BaseException:
        archive.close()
        raise
    return archive


def _old_or_locked(path: Path) -> str:
    if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
        return (
            f"{path}: it asks for a password; open it in Excel, take the password away (File, Info) and save it again"
        )
    return f"{path}: an .xls file of the old kind; open it in Excel or Google Sheets and save it as .xlsx"


def _look_at(path: Path, archive: ZipFile) -> None:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if "xl/workbook.bin" in names or "[Content_Types].xml" not in names:
        kind = "an .xlsb file" if "xl/workbook.bin" in names else "no .xlsx file"
        raise SandboxError(f"{path}: this is {kind}; open it in Excel or Google Sheets and save it as .xlsx")
    if any(entry.flag_bits & 1 for entry in entries):
        raise SandboxError(f"{path}: the zip inside asks for a password; save the workbook again without one")
    total = sum(entry.file_size for entry in entries)
    swollen = [e for e in entries if e.file_size > _MOST_BYTES_EACH and not _BIG_PARTS.fullmatch(e.filename)]
    if len(entries) > _MOST_ENTRIES or total > _MOST_BYTES or swollen:
        size = f"{total / 1e6:,.0f} MB in {len(entries):,} parts"
        limit = f"more than the {_MOST_BYTES / 1e6:,.0f} MB in {_MOST_ENTRIES:,} parts that are let in"
        if swollen:
            size, limit = f"{swollen[0].file_size / 1e6:,.0f} MB in {swollen[0].filename} alone", "more than is let in"
        raise SandboxError(f"{path}: unfolds to {size}, {limit}; split the workbook")
    for entry in entries:
        # Whatever its name: which part is read as XML is for the package to say.
        _without_doctype(path, archive, entry.filename)
    if "xl/workbook.xml" in names and _STRICT in archive.read("xl/workbook.xml"):
        raise SandboxError(f"{path}: saved as Strict Open XML; save it as an ordinary .xlsx (Excel Workbook)")


class _Begun(Exception):
    """The first element was reached: no document type can follow."""


def _without_doctype(path: Path, archive: ZipFile, name: str) -> None:
    """Entities are declared in a document type, which no workbook needs."""

    def begun(*_: object) -> None:
        raise _Begun

    def declared(*_: object) -> None:
        raise SandboxError(f"{path}: {name} declares a document type, as no spreadsheet program writes it; not let in")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.StartDoctypeDeclHandler = begun, declared
    try:
        with archive.open(name) as part:
            while piece := part.read(4096):
                parser.Parse(piece)
    except _Begun:
        return
    except expat.ExpatError:
        return  # whoever reads the part says so


def note_left_out(archive: ZipFile, losses: Losses) -> None:
    """Counts the parts of the package that have no place in the sandbox."""
    for what, pattern in _LEFT_OUT:
        count = sum(1 for name in archive.namelist() if re.fullmatch(pattern, name, re.IGNORECASE))
        if count:
            losses.add(what, count=count)
