"""Every place in our code that makes an error for people, found in the code itself, and which of them was met."""

import ast
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sheetsync import errors
from sheetsync.errors import SheetsyncError
from tests.season import TOP

CODE = TOP / "sheetsync"
ERRORS = CODE / "errors.py"


@dataclass(frozen=True)
class Made:
    """One call that makes an error, by its lines in a file."""

    file: Path
    first: int
    last: int


def made() -> Mapping[str, Made]:
    """`engine/undoing.py _footprint` -> where that is; the second one in a function is `… _footprint #2`."""
    names = _kinds()
    found: dict[str, Made] = {}
    for path in sorted(CODE.rglob("*.py")):
        count: dict[str, int] = {}
        for function, call in _calls(ast.parse(path.read_text()), "", names):
            place = f"{path.relative_to(CODE)} {function}".rstrip()
            count[place] = count.get(place, 0) + 1
            name = place if count[place] == 1 else f"{place} #{count[place]}"
            found[name] = Made(path, call.lineno, call.end_lineno or call.lineno)
    return found


def _kinds() -> frozenset[str]:
    """The names of `SheetsyncError` and everything that is one, also where an adapter has a kind of its own."""
    names = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, SheetsyncError)}
    trees = [ast.parse(path.read_text()) for path in CODE.rglob("*.py")]
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    while more := {one.name for one in classes if names & {_name(base) for base in one.bases}} - names:
        names |= more
    return frozenset(names)


def _calls(node: ast.AST, function: str, names: frozenset[str]) -> Iterator[tuple[str, ast.Call]]:
    """In the order in which they stand, each with the innermost function around it."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        function = node.name
    if isinstance(node, ast.Call) and _name(node.func) in names:
        yield function, node
    for child in ast.iter_child_nodes(node):
        yield from _calls(child, function, names)


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


@contextmanager
def noting() -> Iterator[set[tuple[str, int]]]:
    """Notes the file and line of every error that is made in the block; the errors are as they are."""
    met: set[tuple[str, int]] = set()
    real = SheetsyncError.__init__

    def init(self: SheetsyncError, message: str, remedy: str = "") -> None:
        frame = sys._getframe(1)
        while frame.f_back is not None and frame.f_code.co_filename == str(ERRORS):
            frame = frame.f_back
        met.add((frame.f_code.co_filename, frame.f_lineno))
        real(self, message, remedy)

    SheetsyncError.__init__ = init  # type: ignore[method-assign]
    try:
        yield met
    finally:
        SheetsyncError.__init__ = real  # type: ignore[method-assign]


def is_met(place: Made, met: set[tuple[str, int]]) -> bool:
    """Whether an error was made there."""
    return any(file == str(place.file) and place.first <= line <= place.last for file, line in met)
