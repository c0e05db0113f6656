"""Drive's `q`: `mimeType = '…' and name contains '…' and not trashed = true`, as a tree that can be asked of files.

Terms and their operators are those of Google's table of search terms [documented]. `or` binds weakest, then `and`,
then `not` [believed: not-binds-before-and, and-binds-before-or].
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import assert_never

from sheetsync.sandbox.drive.access import is_listed, permissions
from sheetsync.sandbox.drive.errors import invalid
from sheetsync.sandbox.drive.folders import parent_id, root_id
from sheetsync.sandbox.drive.model import ROLES
from sheetsync.sandbox.errors import GoogleError
from sheetsync.sandbox.model import Workbook
from sheetsync.sandbox.store import State

_TOKEN = re.compile(
    r"""\s*(?:'(?P<single>(?:[^'\\]|\\.)*)'|"(?P<double>(?:[^"\\]|\\.)*)"|(?P<operator><=|>=|!=|=|<|>)"""
    r"""|(?P<bracket>[(){}])|(?P<word>\w+))""",
    re.DOTALL,
)
_EQUALITY = frozenset({"=", "!="})
_ORDER = frozenset({"<=", "<", "=", "!=", ">", ">="})
_FLAGS = ("trashed", "starred", "sharedWithMe")
_COLLECTIONS = ("parents", "owners", "writers", "readers")
_MAPS = ("properties", "appProperties")
#: term -> its operators [documented]
OPERATORS: Mapping[str, frozenset[str]] = (
    {"name": _EQUALITY | {"contains"}, "mimeType": _EQUALITY | {"contains"}, "fullText": frozenset({"contains"})}
    | dict.fromkeys(("modifiedTime", "createdTime", "viewedByMeTime"), _ORDER)
    | dict.fromkeys((*_FLAGS, "visibility"), _EQUALITY)
    | dict.fromkeys(_COLLECTIONS, frozenset({"in"}))
    | dict.fromkeys(_MAPS, frozenset({"has"}))
)
_VISIBILITIES = ("anyoneCanFind", "anyoneWithLink", "domainCanFind", "domainWithLink", "limited")
_MAX_DEPTH = 50


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison; `key` is the property's name for `has`, a flag's value is `true` or `false`."""

    field: str
    operator: str
    value: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Not:
    query: "Query"


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; of no part it does, which is the empty query."""

    parts: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple["Query", ...]


Query = Term | Not | All | AnyOf


def invalid_query() -> GoogleError:
    """Drive's 400 for a query it cannot read."""
    return invalid("q")


def printed(query: Query) -> str:
    """A text that is read as this query."""
    match query:
        case Term():
            return _printed_term(query)
        case Not(inner):
            return f"not ({printed(inner)})"
        case All(parts):
            return " and ".join(f"({printed(part)})" for part in parts)
        case AnyOf(parts):
            return " or ".join(f"({printed(part)})" for part in parts)
        case _:
            assert_never(query)


def _printed_term(term: Term) -> str:
    if term.field in _COLLECTIONS:
        return f"{_quoted(term.value)} in {term.field}"
    if term.field in _MAPS:
        return f"{term.field} has {{ key={_quoted(term.key)} and value={_quoted(term.value)} }}"
    value = term.value if term.field in _FLAGS else _quoted(term.value)
    return f"{term.field} {term.operator} {value}"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


# -- reading


def parse_query(text: str) -> Query:
    """The query a text stands for. Raises Drive's 400."""
    tokens = _tokens(text)
    if not tokens:
        return All(())
    parser = _Parser(tokens)
    query = parser.any_of(0)
    if parser.position != len(tokens):
        raise invalid_query()
    return query


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
        tokens.append(_Token(kind, re.sub(r"\\(.)", r"\1", content, flags=re.DOTALL) if kind == "text" else content))
        position = match.end()
    return tokens


class _Parser:
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
        if self._peek().kind != "text" and self._peek().text.lower() == word:
            self.position += 1
            return True
        return False

    def _expect(self, *words: str) -> None:
        for word in words:
            if not self._accept(word):
                raise invalid_query()

    def _text(self) -> str:
        token = self._next()
        if token.kind != "text":
            raise invalid_query()
        return token.text

    def any_of(self, depth: int) -> Query:
        parts = [self._all_of(depth)]
        while self._accept("or"):
            parts.append(self._all_of(depth))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _all_of(self, depth: int) -> Query:
        parts = [self._one(depth)]
        while self._accept("and"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _one(self, depth: int) -> Query:
        if depth > _MAX_DEPTH:
            raise invalid_query()
        if self._accept("not"):
            return Not(self._one(depth + 1))
        if self._accept("("):
            query = self.any_of(depth + 1)
            self._expect(")")
            return query
        return self._term()

    def _term(self) -> Query:
        if self._peek().kind == "text":
            value = self._text()
            self._expect("in")
            return _checked(Term(self._next().text, "in", value))
        field = self._next()
        if field.text == "sharedWithMe" and self._peek().kind != "operator":
            return Term(field.text, "=", "true")  # stands alone in Google's own examples [documented]
        operator = self._next().text.lower()
        if field.kind != "word":
            raise invalid_query()
        if operator == "has":
            return _checked(self._property(field.text))
        value_token = self._next()
        # Only true and false stand without quotes; gspread sends `parents in "…"`, the words turned round [recorded].
        if value_token.kind != ("word" if field.text in _FLAGS else "text"):
            raise invalid_query()
        value = value_token.text.lower() if field.text in _FLAGS else value_token.text
        return _checked(Term(field.text, operator, value))

    def _property(self, field: str) -> Term:
        self._expect("{", "key", "=")
        key = self._text()
        self._expect("and", "value", "=")
        value = self._text()
        self._expect("}")
        return Term(field, "has", value, key)


def _checked(term: Term) -> Term:
    if term.operator not in OPERATORS.get(term.field, ()):
        raise invalid_query()
    if term.field in _FLAGS and term.value not in ("true", "false"):
        raise invalid_query()
    if term.field == "visibility" and term.value not in _VISIBILITIES:
        raise invalid_query()
    if term.field.endswith("Time"):
        _moment(term.value)
    return term


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise invalid_query() from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)  # UTC by default [schema]


# -- asking


@dataclass(frozen=True)
class Searched:
    """A file as a search by an account sees it."""

    state: State
    book: Workbook
    account: str

    @cached_property
    def words(self) -> list[str]:
        """Name, description and all texts in cells, word by word."""
        cells = (cell.value for tab in self.book.tabs for cell in tab.cells.values() if isinstance(cell.value, str))
        return [word for text in (self.book.title, self.book.drive.description, *cells) for word in words_of(text)]

    def flag(self, name: str) -> bool:
        if name == "trashed":
            return self.book.trashed
        if name == "starred":
            return self.account in self.book.drive.starred
        return self.account != self.book.owner and is_listed(self.book, self.account)

    def time(self, name: str) -> str:
        return {"modifiedTime": self.book.modified, "createdTime": self.book.created}.get(name, "")

    def collection(self, name: str) -> frozenset[str]:
        """The ids of the parents, or the e-mails of those with a role or a greater one."""
        if name == "parents":
            return frozenset({parent_id(self.book)})
        least = ROLES.index({"owners": "owner", "writers": "writer", "readers": "reader"}[name])
        found = [each for each in permissions(self.book) if ROLES.index(each.role) >= least]
        return frozenset(each.email or each.domain or each.id for each in found)

    def meant(self, term: Term) -> str:
        """What the aliases `me` and `root` stand for."""
        aliases = {"root": root_id(self.account)} if term.field == "parents" else {"me": self.account}
        return aliases.get(term.value, term.value)

    @property
    def visibility(self) -> str:
        open_to = {(grant.type, grant.discoverable) for grant in self.book.drive.grants}
        order = (("anyone", True), ("anyone", False), ("domain", True), ("domain", False))
        return next((name for name, kind in zip(_VISIBILITIES, order, strict=False) if kind in open_to), "limited")


def words_of(text: str) -> list[str]:
    """The text's runs of letters and digits, in lower case."""
    return re.findall(r"[^\W_]+", text.casefold())


def matches(query: Query, file: Searched) -> bool:
    """Whether a file is found by a query."""
    match query:
        case Term():
            return _holds(query, file)
        case Not(inner):
            return not matches(inner, file)
        case All(parts):
            return all(matches(part, file) for part in parts)
        case AnyOf(parts):
            return any(matches(part, file) for part in parts)
        case _:
            assert_never(query)


def searches_text(query: Query) -> bool:
    """Whether the query asks for `fullText` anywhere: its answers cannot be ordered [documented]."""
    match query:
        case Term(field=field):
            return field == "fullText"
        case Not(inner):
            return searches_text(inner)
        case All(parts) | AnyOf(parts):
            return any(searches_text(part) for part in parts)
        case _:
            assert_never(query)


def _holds(term: Term, file: Searched) -> bool:
    if term.field in _FLAGS:
        return (file.flag(term.field) == (term.value == "true")) == (term.operator == "=")
    if term.field in _COLLECTIONS:
        return file.meant(term) in file.collection(term.field)
    if term.field in _MAPS:
        held = file.book.drive.properties if term.field == "properties" else file.book.drive.app_properties
        return bool(held.get(term.key) == term.value)
    if term.field.endswith("Time"):
        return _time_holds(term, file.time(term.field))
    if term.field == "fullText":
        return _contains(file.words, term.value, str.__eq__)
    text = {"name": file.book.title, "mimeType": file.book.mime_type, "visibility": file.visibility}[term.field]
    if term.operator == "contains":
        # Of a name each word is searched from its beginning only [documented].
        return _contains(words_of(text), term.value, str.startswith)
    return (text.casefold() == term.value.casefold()) == (term.operator == "=")


def _contains(words: list[str], wanted: str, fits: Callable[[str, str], bool]) -> bool:
    """Every wanted word is there; in double quotes, one right after the other [documented]."""
    asked = words_of(wanted)
    if len(wanted) > 1 and wanted[0] == wanted[-1] == '"':
        starts = range(len(words) - len(asked) + 1)
        return any(words[start : start + len(asked)] == asked for start in starts)
    return all(any(fits(word, each) for word in words) for each in asked)


def _time_holds(term: Term, text: str) -> bool:
    if not text:
        return False
    when, wanted = datetime.fromisoformat(text), _moment(term.value)
    return {
        "<": when < wanted,
        "<=": when <= wanted,
        "=": when == wanted,
        "!=": when != wanted,
        ">": when > wanted,
        ">=": when >= wanted,
    }[term.operator]
