"""A CSV file as a table: names, rows of equal length, a first column that tells them apart."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sheetsync.errors import Refused

Row = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class CsvTable:
    """Column names and rows; None is an empty cell, and the first column has none."""

    header: tuple[str, ...]
    rows: tuple[Row, ...]


def read_csv(path: Path) -> CsvTable:
    """Read a CSV in UTF-8 with a header line; blank lines do not count, short ones are filled up.

    Raises `Refused` naming file and line: unreadable, no header, a column without a name or named twice, a line longer
    than the header, a first cell that is empty or was there before.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            # Numbered as a text editor does, by a line's last line; blank ones do not count.
            lines = ((reader.line_num, line) for line in reader if any(line))
            _, names = next(lines, (0, []))
            header = _header(path, names)
            return CsvTable(header, tuple(_rows(path, len(header), lines)))
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise Refused(f"{path} is no CSV in UTF-8: {error}.") from error


def _header(path: Path, names: Sequence[str]) -> tuple[str, ...]:
    header = tuple(name.strip() for name in names)
    if not header:
        raise Refused(f"{path} is empty.", "Its first line must name the columns")
    if not all(header):
        raise Refused(f"{path}: column {header.index('') + 1} has no name.")
    folded = [name.casefold() for name in header]
    for at, name in enumerate(folded):
        if name in folded[:at]:
            raise Refused(f"{path}: two columns are named '{header[at]}'.")
    return header


def _rows(path: Path, width: int, lines: Iterator[tuple[int, Sequence[str]]]) -> Iterator[Row]:
    seen: dict[str, int] = {}
    for number, line in lines:
        if any(line[width:]):
            raise Refused(f"{path}, line {number}: more cells than there are columns.")
        key = line[0]
        if not key:
            raise Refused(f"{path}, line {number}: the first cell is empty.", "It is the row's key")
        if key in seen:
            raise Refused(f"{path}, line {number}: '{key}' stands in line {seen[key]} already.", "It is the row's key")
        seen[key] = number
        yield tuple(cell or None for cell in [*line, *[""] * width][:width])
