"""Drive's `q`: `mimeType = '…' and name contains '…' and not trashed = true`, as a test of files."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sheetsync.sandbox.errors import GoogleError, Json

Test = Callable[[Json], bool]

_TOKEN = re.compile(
    r"""\s*(?:'(?P<single>(?:[^'\\]|\\.)*)'|"(?P<double>(?:[^"\\]|\\.)*)"|(?P<operator><=|>=|!=|=|<|>)"""
    r"""|(?P<bracket>[()])|(?P<word>\w+))""",
    re.DOTALL,
)
_TEXT = frozenset({"name", "mimeType", "fullText", "title"})
_TIMES = frozenset({"modifiedTime", "createdTime", "viewedByMeTime"})
_FLAGS = frozenset({"trashed", "starred", "sharedWithMe"})
_PEOPLE = frozenset({"owners", "writers", "readers"})
_MAX_DEPTH = 50


def invalid_query() -> GoogleError:
    """Drive's 400 for a query it cannot read."""
    error = GoogleError(400, "Invalid Value", reason="invalid")
    error.location = "q"
    return error


def parse_query(text: str) -> Test:
    """The test a query stands for. Raises Drive's 400."""
    tokens = _tokens(text)
    if not tokens:
        return lambda _: True
    parser = _Parser(tokens)
    test = parser.any_of(0)
    if parser.position != len(tokens):
        raise invalid_query()
    return test


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def _tokens(text: str) -> list[_Token]:
    tokens, position = [], 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise invalid_query()
        kind = "text" if match.lastgroup in ("single", "double") else match.lastgroup
        content = match[match.lastgroup]
        tokens.append(_Token(kind, re.sub(r"\\(.)", r"\1", content) if kind == "text" else content))
        position = match.end()
    return tokens


class _Parser:
    """`or` binds weakest, then `and`, then `not`."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self.position = 0

    def _peek(self) -> _Token:
        return self._tokens[self.position] if self.position < len(self._tokens) else _Token("end", "")

    def _next(self) -> _Token:
        token = self._peek()
        self.position += 1
        return token

    def _accept(self, word: str) -> bool:
        if self._peek().kind in ("word", "bracket") and self._peek().text.lower() == word:
            self.position += 1
            return True
        return False

    def any_of(self, depth: int) -> Test:
        tests = [self._all_of(depth)]
        while self._accept("or"):
            tests.append(self._all_of(depth))
        return lambda file: any(test(file) for test in tests)

    def _all_of(self, depth: int) -> Test:
        tests = [self._one(depth)]
        while self._accept("and"):
            tests.append(self._one(depth))
        return lambda file: all(test(file) for test in tests)

    def _one(self, depth: int) -> Test:
        if depth > _MAX_DEPTH:
            raise invalid_query()
        if self._accept("not"):
            test = self._one(depth + 1)
            return lambda file: not test(file)
        if self._accept("("):
            test = self.any_of(depth + 1)
            if not self._accept(")"):
                raise invalid_query()
            return test
        return self._term()

    def _term(self) -> Test:
        first = self._next()
        if first.kind == "text":
            return self._membership(first.text)
        operator = self._next()
        value = self._next()
        if first.kind != "word" or value.kind not in ("text", "word"):
            raise invalid_query()
        return _comparison(first.text, operator.text.lower(), value)

    def _membership(self, value: str) -> Test:
        word, field = self._next(), self._next()
        if word.text.lower() != "in" or field.kind != "word":
            raise invalid_query()
        if field.text == "parents":  # there are no folders here: everything lies in every one
            return lambda _: True
        if field.text not in _PEOPLE:
            raise invalid_query()
        roles = {"owners": ("owner",), "writers": ("owner", "writer"), "readers": ("owner", "writer", "reader")}
        wanted = roles[field.text]
        return lambda file: any(
            permission["emailAddress"] == value and permission["role"] in wanted
            for permission in file.get("permissions", [])
        )


def _comparison(field: str, operator: str, value: _Token) -> Test:
    if field in _TEXT and value.kind == "text":
        return _text_test("name" if field in ("fullText", "title") else field, operator, value.text)
    if field in _TIMES and value.kind == "text":
        return _time_test(field, operator, value.text)
    if field in _FLAGS and value.text.lower() in ("true", "false") and operator in ("=", "!="):
        wanted = (value.text.lower() == "true") == (operator == "=")
        return lambda file: bool(file.get(field, False)) == wanted
    raise invalid_query()


def _text_test(field: str, operator: str, value: str) -> Test:
    if operator == "=":
        return lambda file: str(file.get(field, "")).casefold() == value.casefold()
    if operator == "!=":
        return lambda file: str(file.get(field, "")).casefold() != value.casefold()
    if operator == "contains":
        # A name is searched word by word, each from its beginning [documented: search-files].
        wanted = value.casefold()
        return lambda file: any(
            name.startswith(wanted)
            for name in [str(file.get(field, "")).casefold()[at:] for at in _word_starts(str(file.get(field, "")))]
        )
    raise invalid_query()


def _word_starts(text: str) -> list[int]:
    return [0, *(match.start() for match in re.finditer(r"(?<=\W|_)\w", text))]


def _time_test(field: str, operator: str, value: str) -> Test:
    try:
        wanted = datetime.fromisoformat(value)
    except ValueError:
        raise invalid_query() from None
    if wanted.tzinfo is None:  # UTC by default [schema]
        wanted = wanted.replace(tzinfo=UTC)
    compare: dict[str, Callable[[datetime], bool]] = {
        "<": lambda when: when < wanted,
        "<=": lambda when: when <= wanted,
        "=": lambda when: when == wanted,
        "!=": lambda when: when != wanted,
        ">": lambda when: when > wanted,
        ">=": lambda when: when >= wanted,
    }
    if operator not in compare:
        raise invalid_query()
    test = compare[operator]
    return lambda file: field in file and test(datetime.fromisoformat(file[field]))
