"""Which workbooks a path holds: one file, or folders with a file per tab."""

import re
from dataclasses import dataclass
from pathlib import Path

from sheetsync.sandbox.errors import SandboxError

EXCEL = (".xlsx", ".xlsm", ".xltx", ".xltm")
#: opened all the same, to say what they are and what to do
_NEARLY = (".xls", ".xlsb", ".ods", ".numbers")
CSV = (".csv", ".tsv", ".txt")


@dataclass(frozen=True)
class Found:
    """The files of one workbook, with the title each tab is to have."""

    title: str
    #: one Excel file, or CSV files in the order of the tabs
    files: tuple[tuple[Path, str], ...]

    @property
    def excel(self) -> bool:
        return self.files[0][0].suffix.lower() in (*EXCEL, *_NEARLY)


def workbooks_at(path: Path) -> tuple[list[Found], list[Path]]:
    """The workbooks of a path, and the files that are none. Raises SandboxError: one line with what to do."""
    if path.is_file():
        return [_of_file(path)], []
    if not path.is_dir():
        raise SandboxError(f"{path}: no such file or folder")
    if (path / "workbook.yaml").exists() or any(path.glob("*/workbook.yaml")):
        raise SandboxError(f"{path}: this is a story; load it with `sheetsync sandbox --story {path}`")
    found: list[Found] = []
    passed: list[Path] = []
    for folder in (path, *sorted((each for each in path.iterdir() if each.is_dir()), key=natural)):
        files = [each for each in sorted(folder.iterdir(), key=natural) if each.is_file() and each.name[0] not in ".~"]
        found += [_of_file(each) for each in files if each.suffix.lower() in EXCEL]
        tabs = [each for each in files if each.suffix.lower() in CSV]
        if tabs:
            found.append(_of_tabs(folder, tabs))
        passed += [each for each in files if each.suffix.lower() not in (*EXCEL, *CSV)]
    if not found:
        raise SandboxError(f"{path}: nothing to import here (expected .xlsx or .csv files, in it or in its folders)")
    return found, passed


def _of_file(path: Path) -> Found:
    ending = path.suffix.lower()
    if ending in (*EXCEL, *_NEARLY, *CSV):
        return Found(path.stem, ((path, path.stem),))
    raise SandboxError(f"{path}: not a kind that can be imported; save it as .xlsx or .csv")


def _of_tabs(folder: Path, files: list[Path]) -> Found:
    """Google names each tab's file `WORKBOOK - TAB.csv`; a number before a name keeps the order."""
    names = [each.stem for each in files]
    heads = {name.partition(" - ")[0] for name in names}
    title = folder.resolve().name
    if len(names) > 1 and len(heads) == 1 and all(" - " in name for name in names):
        title, names = heads.pop(), [name.partition(" - ")[2] for name in names]
    numbered = [re.fullmatch(r"0*(\d+) (.+)", name) for name in names]
    if len(names) > 1 and [int(each[1]) if each else 0 for each in numbered] == list(range(1, len(names) + 1)):
        names = [each[2] for each in numbered if each]
    return Found(title, tuple(zip(files, names, strict=True)))


def natural(path: Path) -> list[tuple[int, int, str]]:
    """Names in the order people count: 2 before 10."""
    pieces = re.findall(r"\d+|\D+", path.name.casefold())
    return [(0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in pieces]
