"""What people call their columns: the spellings that ship, and a team's own."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from pydantic import TypeAdapter

from sheetsync.config.document import parse
from sheetsync.config.findings import Findings, Where
from sheetsync.config.scope import Scope
from sheetsync.config.shape import SHIPPED_HEADERS
from sheetsync.core.mapping.spellings import HeaderWords, fold

#: in the place of a language: spellings that name a field only where no other column does
LOOSELY: Final = "loosely"

_SHIPPED: Final = TypeAdapter(dict[str, dict[str, list[str]]])


def header_words(own: Mapping[str, tuple[str, ...]]) -> HeaderWords:
    """All spellings there are; where a team's own says what a word means, it means nothing else."""
    return HeaderWords.of(*_shipped(), own) if own else shipped_header_words()


@cache
def shipped_header_words() -> HeaderWords:
    """The spellings that ship, for who has no configuration yet."""
    return HeaderWords.of(*_shipped())


def check_headers(scope: Scope) -> None:
    """Spellings of fields that exist; none is empty, none stands for two fields."""
    meanings: dict[str, str] = {}
    for name, spellings in scope.shape.headers.items():
        if not scope.knows_field(("headers", name), name):
            continue
        for number, spelling in enumerate(spellings):
            where: Where = ("headers", name, number)
            key = fold(spelling)
            if not key:
                scope.findings.report(where, "holds no letter and no digit, so no header can be told by it")
            elif (other := meanings.setdefault(key, name)) != name:
                scope.findings.report(where, f"stands for '{other}' already")


@cache
def _shipped() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[str, ...]]]:
    """Field -> spellings in any language, and those that name it loosely."""
    parsed = parse(SHIPPED_HEADERS.read_text(encoding="utf-8"), SHIPPED_HEADERS.name, Findings())
    document = _SHIPPED.validate_python(parsed[0] if parsed else None)
    sure = {
        name: tuple(word for language, words in languages.items() if language != LOOSELY for word in words)
        for name, languages in document.items()
    }
    return sure, {name: tuple(languages.get(LOOSELY, ())) for name, languages in document.items()}
