"""What can be wrong with a landing page as people type it, and which of it means that no link may be made from it.

Source: the defect list of the tracking-URL discipline. Each check is one small generator; a new defect is a new one.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal
from urllib.parse import unquote

from sheetsync.core.tracking.lists import CLICK_IDS, LOCAL_SUFFIXES, SHORT_HOSTS, STAGING_MARKS
from sheetsync.core.tracking.privacy import holds_e_mail, personal_in, shown
from sheetsync.core.tracking.urls import MASK, Host, Piece, RawUrl, host, is_invisible, macros, masked, split, trimmed

Severity = Literal["high", "medium", "low"]

#: Analytics reads these three as one set; a part of it is reported as (not set).
INSEPARABLE: Final = ("utm_source", "utm_medium", "utm_campaign")


class DefectKind(StrEnum):
    """Closed; the value is what reports and `--json` show."""

    SPREADSHEET_ERROR = auto()
    NOT_A_URL = auto()
    UNPARSEABLE = auto()
    NO_SCHEME = auto()
    NOT_HTTPS = auto()
    CREDENTIALS = auto()
    PII = auto()
    LOCAL_HOST = auto()
    STAGING_HOST = auto()
    HOST_NOT_ALLOWED = auto()
    PORT = auto()
    SHORT_LINK = auto()
    DOUBLE_QUESTION_MARK = auto()
    NO_QUESTION_MARK = auto()
    UTM_AFTER_FRAGMENT = auto()
    HTML_AMPERSAND = auto()
    BROKEN_MACRO = auto()
    RAW_AMPERSAND = auto()
    WHITESPACE = auto()
    TOO_LONG = auto()
    UNENCODED = auto()
    FOREIGN_UTM = auto()
    UPPER_CASE_UTM = auto()
    DUPLICATE_PARAMETER = auto()
    CLICK_ID = auto()
    OTHER_HOST = auto()
    WRONG_MACRO = auto()
    INTERNAL_LINK = auto()
    SWAPPED = auto()
    PARAMETER_COLLISION = auto()


#: How bad, and whether a link made from such a page must be withheld. What `build` repairs by itself does not block.
_WEIGHT: Final[Mapping[DefectKind, tuple[Severity, bool]]] = {
    DefectKind.SPREADSHEET_ERROR: ("high", True),
    DefectKind.NOT_A_URL: ("high", True),
    DefectKind.UNPARSEABLE: ("high", True),
    DefectKind.NO_SCHEME: ("high", True),
    DefectKind.NOT_HTTPS: ("medium", True),
    DefectKind.CREDENTIALS: ("high", True),
    DefectKind.PII: ("high", True),
    DefectKind.LOCAL_HOST: ("high", True),
    DefectKind.STAGING_HOST: ("high", True),
    DefectKind.HOST_NOT_ALLOWED: ("high", True),
    DefectKind.PORT: ("high", True),
    DefectKind.SHORT_LINK: ("medium", True),
    DefectKind.DOUBLE_QUESTION_MARK: ("high", True),
    DefectKind.NO_QUESTION_MARK: ("high", True),
    DefectKind.UTM_AFTER_FRAGMENT: ("high", True),
    DefectKind.HTML_AMPERSAND: ("high", True),
    DefectKind.BROKEN_MACRO: ("high", True),
    DefectKind.RAW_AMPERSAND: ("high", False),  # the torn-off rest survives as a flag no page reads
    DefectKind.WHITESPACE: ("medium", True),
    DefectKind.TOO_LONG: ("medium", True),
    DefectKind.UNENCODED: ("medium", False),
    DefectKind.FOREIGN_UTM: ("medium", False),
    DefectKind.UPPER_CASE_UTM: ("medium", False),
    DefectKind.DUPLICATE_PARAMETER: ("high", False),  # analytics picks one; ours replaces both
    DefectKind.CLICK_ID: ("low", False),
    # These depend on where the address stands: see `placed` and `typed`.
    DefectKind.OTHER_HOST: ("high", True),
    DefectKind.WRONG_MACRO: ("high", True),
    DefectKind.INTERNAL_LINK: ("medium", True),
    DefectKind.SWAPPED: ("high", True),
    DefectKind.PARAMETER_COLLISION: ("high", True),
}
#: what no address has by itself: whose page it is, in which channel it stands, or what it should be decides
IN_PLACE: Final = frozenset(
    {
        DefectKind.OTHER_HOST,
        DefectKind.WRONG_MACRO,
        DefectKind.INTERNAL_LINK,
        DefectKind.SWAPPED,
        DefectKind.PARAMETER_COLLISION,
    }
)
_RANK: Final[Mapping[Severity, int]] = {"high": 0, "medium": 1, "low": 2}


@dataclass(frozen=True)
class Defect:
    """One thing wrong with a URL."""

    kind: DefectKind
    #: the offending piece, free of personal data and passwords, or how to put it right
    detail: str
    severity: Severity
    #: a link made from such a page must be withheld
    blocks: bool

    @property
    def loudness(self) -> tuple[int, bool]:
        """Sort key: worst first."""
        return (_RANK[self.severity], not self.blocks)

    def __str__(self) -> str:
        words = self.kind.replace("_", " ")
        return f"{words} ({self.detail})" if self.detail else words


@dataclass(frozen=True)
class TrackingRules:
    """One customer's tracking discipline. ValueError when the rules themselves make no sense."""

    #: in the order they are written
    parameters: tuple[str, ...]
    #: production hosts: exact, or "*.brand.example" for every subdomain (the bare domain is listed by itself)
    hosts: tuple[str, ...]
    staging_marks: tuple[str, ...] = STAGING_MARKS
    short_hosts: tuple[str, ...] = SHORT_HOSTS
    #: lower case
    click_ids: frozenset[str] = CLICK_IDS
    #: ad servers and mail clients cut longer links
    max_length: int = 2048

    def __post_init__(self) -> None:
        for name in self.parameters:
            if not re.fullmatch(r"utm_[a-z_]+", name) or self.parameters.count(name) > 1:
                raise ValueError(f"parameters: {name!r} is not a utm_ parameter named once in lower case")
        for name in INSEPARABLE:
            if name not in self.parameters:
                raise ValueError(f"parameters: {name} is missing; analytics reads {', '.join(INSEPARABLE)} as one set")
        for pattern in (*self.hosts, *self.short_hosts):
            if not _host_name(pattern.removeprefix("*.")):
                raise ValueError(
                    f"hosts: {pattern!r} is not a host name; write 'www.brand.example' or '*.brand.example'"
                )
        for name in self.click_ids:
            if name != name.lower():
                raise ValueError(f"click_ids: {name!r} must be lower case")


@lru_cache(maxsize=4096)  # many placements of a campaign share its page
def inspect(url: str, rules: TrackingRules) -> tuple[Defect, ...]:
    """Everything wrong with a landing page as typed, worst first; () for a page a link can be made from as it stands.

    Never raises, whatever the cell holds. Only what can be known offline: redirects that lose the query are not seen.
    """
    text = trimmed(url)
    nothing_to_check = _no_url_at_all(text)
    if nothing_to_check:
        return (nothing_to_check,)
    look = _Look(url, text, split(text), rules)
    found = dict.fromkeys(one for check in _CHECKS for one in check(look))
    return tuple(sorted(found, key=lambda one: one.loudness))


@dataclass(frozen=True)
class _Look:
    """What every check looks at."""

    typed: str
    text: str
    raw: RawUrl
    rules: TrackingRules


_SPREADSHEET_ERROR: Final = re.compile(
    r"#(REF|N/A|DIV/0|VALUE|NAME|NUM|NULL|ERROR|SPILL|CALC)[!?]?|loading\.\.\.", re.IGNORECASE
)
_UTM_PAIR: Final = re.compile(r"utm_\w+(?==)", re.IGNORECASE)
_SECOND_QUERY: Final = re.compile(r"\?[\w.~%\[\]-]+=|^\?", re.ASCII)
_HTML_AMPERSAND: Final = re.compile(r"amp;", re.IGNORECASE)
_MACRO_REMAINS: Final = re.compile(r"\{\{|\}\}|\{%|%\}|\$\{")
_UNENCODED: Final = re.compile(r"""[^\x00-\x7e]|["<>\\^`{|}]|%(?![0-9A-Fa-f]{2})""")


def defect(kind: DefectKind, detail: str, *, severity: Severity | None = None, blocks: bool | None = None) -> Defect:
    """A defect as bad as its kind usually is."""
    usual_severity, usually_blocks = _WEIGHT[kind]
    return Defect(kind, detail, severity or usual_severity, usually_blocks if blocks is None else blocks)


def _no_url_at_all(text: str) -> Defect | None:
    """Why nothing further can be said about a cell, or None for something that has at least a host."""
    if not text:
        return defect(DefectKind.NOT_A_URL, "empty")
    if _SPREADSHEET_ERROR.fullmatch(text):
        return defect(DefectKind.SPREADSHEET_ERROR, text)
    if any("\ud800" <= character <= "\udfff" for character in text):
        return defect(DefectKind.UNPARSEABLE, "broken characters (half of a surrogate pair)")
    raw = split(text)
    return None if raw.lead or raw.host else defect(DefectKind.NOT_A_URL, _what_it_is(text, raw))


def _what_it_is(text: str, raw: RawUrl) -> str:
    if macros(text) and masked(text).startswith(MASK):
        return f"starts with the macro {macros(text)[0].text}: the page behind it is wanted"
    if "@" in raw.authority:
        return "an e-mail address or a login, no web address"
    if raw.path and not raw.authority:
        return f"a path without a host: {shown(raw.path)}"
    return shown(text)


def _scheme(look: _Look) -> Iterator[Defect]:
    scheme, where = look.raw.scheme, look.raw.host
    if not scheme:
        meant = f", probably https://{where.name}{shown(look.raw.path)}" if where else ""
        yield defect(DefectKind.NO_SCHEME, f"starts without https://{meant}")
    elif scheme == "https" and not look.raw.lead.endswith("//"):
        yield defect(DefectKind.UNPARSEABLE, f"{look.raw.lead} without its two slashes")
    elif scheme != "https":
        yield defect(DefectKind.NOT_HTTPS, shown(scheme), severity="medium" if scheme == "http" else "high")


def _where(look: _Look) -> Iterator[Defect]:
    if look.raw.scheme not in {"", "http", "https"}:
        return  # an app link or worse: its "host" is none
    where = look.raw.host
    if "@" in look.raw.authority:
        yield defect(DefectKind.CREDENTIALS, f"a user name or password before @{where.name if where else '…'}")
    if where is None:
        yield defect(DefectKind.UNPARSEABLE, f"no readable host: {shown(look.raw.authority.rpartition('@')[2])!r}")
        return
    if where.port:
        yield defect(DefectKind.PORT, f"port {where.port}")
    kind = _host_defect(where, look.rules)
    if kind:
        yield defect(kind, where.name)


def _host_defect(where: Host, rules: TrackingRules) -> DefectKind | None:
    """The one best reason against a host. A host listed by its full name is production whatever it is called."""
    if where.is_address or where.labels[-1] in LOCAL_SUFFIXES or len(where.labels) == 1:
        return DefectKind.LOCAL_HOST
    if where.name.removeprefix("www.") in map(_host_name, rules.short_hosts):
        return DefectKind.SHORT_LINK
    if where.name in map(_host_name, rules.hosts):
        return None
    suffix = next((wild for wild in _wildcards(rules.hosts) if where.name.endswith(wild)), "")
    if any(_is_staging(label, rules) for label in where.name.removesuffix(suffix).split(".")):
        return DefectKind.STAGING_HOST
    # A team that makes no links has no list of hosts to hold its pages to.
    return None if suffix or not rules.hosts else DefectKind.HOST_NOT_ALLOWED


def stands_on(name: str, hosts: Collection[str]) -> bool:
    """Whether a host, in its compared spelling, is one of these, "*." taking any subdomain."""
    return name in map(_host_name, hosts) or any(name.endswith(wild) for wild in _wildcards(hosts))


@lru_cache(maxsize=1024)
def _host_name(pattern: str) -> str:
    """A configured host in its compared spelling; "" for a wildcard or nonsense, which equals no host."""
    where = None if pattern.startswith("*.") else host(pattern)
    return where.name if where and not where.port else ""


def _wildcards(hosts: Collection[str]) -> Iterator[str]:
    return (f".{_host_name(pattern[2:])}" for pattern in hosts if pattern.startswith("*."))


def _is_staging(label: str, rules: TrackingRules) -> bool:
    """staging, staging2, brand-stg, pre-prod: but not "latest" or "device"."""
    words = (label.replace("-", ""), *label.split("-"))
    return any(word.rstrip("0123456789") in rules.staging_marks for word in words)


def _shape(look: _Look) -> Iterator[Defect]:
    """Separators that are not where a browser looks for them."""
    path, fragment = unquote(masked(look.raw.path)), unquote(masked(look.raw.fragment or ""))
    for found in _UTM_PAIR.finditer(path):
        yield defect(DefectKind.NO_QUESTION_MARK, f"{shown(found[0])} stands in the path")
    for found in _UTM_PAIR.finditer(fragment):
        yield defect(DefectKind.UTM_AFTER_FRAGMENT, f"{shown(found[0])} stands after #")
    for piece in look.raw.pieces:
        if _HTML_AMPERSAND.match(piece.text):
            yield defect(DefectKind.HTML_AMPERSAND, shown(f"&{piece.text}"))
        if _has_second_query(piece):
            yield defect(DefectKind.DOUBLE_QUESTION_MARK, shown(piece.text))


def _has_second_query(piece: Piece) -> bool:
    """`a=1?b=2`, but not a question mark in a text, nor the own query of an address carried as a value."""
    text = masked(piece.text)
    carried = unquote(text.partition("=")[2].partition("?")[0])
    is_nested = "://" in carried or carried.startswith("/")
    return any(_UTM_PAIR.match(text, found.start() + 1) or not is_nested for found in _SECOND_QUERY.finditer(text))


def _characters(look: _Look) -> Iterator[Defect]:
    visible = masked(look.text)
    if look.typed != look.text:
        yield defect(DefectKind.WHITESPACE, "blank or invisible characters around the address", blocks=False)
    invisible = {character for character in visible if is_invisible(character) and character != MASK}
    if invisible or look.text.count(MASK):
        yield defect(DefectKind.WHITESPACE, _code_points(invisible or {MASK}) + " inside")
    for found in _MACRO_REMAINS.finditer(visible):
        yield defect(DefectKind.BROKEN_MACRO, f"{found[0]} without its counterpart")
    odd = set(_UNENCODED.findall(visible[len(look.raw.lead) + len(look.raw.authority) :])) - invisible
    if odd:
        # a browser takes \ for /, other programs do not: nobody knows which page was meant
        yield defect(DefectKind.UNENCODED, shown(" ".join(sorted(odd))), blocks="\\" in odd)


def _code_points(characters: set[str]) -> str:
    return " ".join(f"U+{ord(character):04X}" for character in sorted(characters))


def _parameters(look: _Look) -> Iterator[Defect]:
    pieces = look.raw.pieces
    utm = [piece for piece in pieces if piece.is_utm]
    for piece in utm:
        yield defect(DefectKind.FOREIGN_UTM, shown(piece.text))
        readable = masked(f"{piece.name}={piece.value}")
        if readable != readable.lower():
            yield defect(DefectKind.UPPER_CASE_UTM, shown(piece.text))
    for name, count in Counter(piece.key for piece in utm).items():
        if count > 1:
            yield defect(DefectKind.DUPLICATE_PARAMETER, f"{shown(name)} stands {count} times")
    for before, piece in pairwise(pieces):
        if before.is_utm and piece.text and piece.value is None:
            yield defect(DefectKind.RAW_AMPERSAND, shown(f"{before.text}&{piece.text}"))
    for piece in pieces:
        if piece.key in look.rules.click_ids:
            yield defect(DefectKind.CLICK_ID, shown(piece.name))


def _privacy(look: _Look) -> Iterator[Defect]:
    for piece in look.raw.pieces:
        what = personal_in(piece)
        if what:
            yield defect(DefectKind.PII, f"{what} in parameter {shown(piece.name)}")
    for place, text in (("path", look.raw.path), ("fragment", look.raw.fragment or "")):
        if holds_e_mail(text):
            yield defect(DefectKind.PII, f"an e-mail address in the {place}")


def _length(look: _Look) -> Iterator[Defect]:
    if len(look.text) > look.rules.max_length:
        yield defect(DefectKind.TOO_LONG, f"{len(look.text)} characters, at most {look.rules.max_length}")


_CHECKS: Final[tuple[Callable[[_Look], Iterator[Defect]], ...]] = (
    _scheme,
    _where,
    _privacy,
    _shape,
    _characters,
    _parameters,
    _length,
)
