"""Raw URL surgery: cut a URL where its separators stand and put it together again, byte for byte.

Ad-server and e-mail macros are opaque atoms here: whatever expands them later must find them exactly as they were
typed, so nothing inside one is ever a separator, a defect or a character to encode. That is also why no parsing library
writes our URLs: each one re-encodes something. ada's WHATWG parser only tells us which host a browser would go to.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final
from urllib.parse import quote, unquote_plus

from ada_url import URL, HostType

#: Whose macro it is -> how it is spelled. Order matters: the longer spelling first. None but the brace templates may
#: contain a separator, and those may not contain their own opening, so that an unclosed one swallows nothing.
_MACRO_SPELLINGS: Final = {
    "liquid": r"\{%(?:(?!\{%)[^\x00-\x1f\x7f])*?%\}",  # {% if x %}: Liquid, Django-like e-mail templates
    "template": r"\{\{(?:(?!\{\{)[^\x00-\x1f\x7f])*?\}\}",  # {{campaign.name}}: Meta, Braze, Klaviyo
    "dollar": r"\$\{[^{}\x00-\x1f\x7f]*\}",  # ${x}: Braze, The Trade Desk
    "value_track": r"\{[A-Za-z_][\w:.-]*\}",  # {campaignid}: Google Ads, Microsoft Advertising
    "ad_manager": r"%%[A-Z][A-Za-z0-9_:.-]*%%",  # %%CLICK_URL_UNESC%%: Google Ad Manager
    "campaign_manager": r"%e[a-z]{2,4}!|%p[\w.-]+=!;?|%[A-Za-z](?![A-Za-z0-9])",  # %epid! %pkey=!; %n: CM360
    "bracket": r"\[[A-Za-z_][\w:.-]*\]",  # [timestamp]: many exchanges
    "colon": r"(?<![A-Za-z0-9]):[A-Za-z_]\w*",  # :pub_name: Dianomi
}
#: the systems whose macros are known
MACRO_SYSTEMS: Final = tuple(_MACRO_SPELLINGS)
_MACRO: Final = re.compile(
    "|".join(f"(?P<{system}>{spelling})" for system, spelling in _MACRO_SPELLINGS.items()), re.ASCII
)

#: What stands in for a macro's characters while separators are searched: a character no URL may contain anyway.
MASK: Final = "\0"

#: A scheme is told from a host with a port (brand.example:8080) by its slashes, or by being one of the usual ones.
_LEAD: Final = re.compile(
    r"[a-z][a-z0-9+.-]*://|//|(?:https?|mailto|tel|sms|javascript|data|file|about|blob|intent|view-source):",
    re.IGNORECASE,
)
_DOMAIN: Final = re.compile(r".+\.(?:[a-z]{2,}|xn--[a-z0-9-]+)|localhost")
_HOST_NAME: Final = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")  # browsers put up with more, DNS does not
_ESCAPE: Final = re.compile(r"%[0-9A-Fa-f]{2}")
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_INVISIBLE_CATEGORIES: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})


@dataclass(frozen=True)
class Macro:
    """One placeholder another system fills in later."""

    system: str
    text: str


def macros(text: str) -> tuple[Macro, ...]:
    """The macros in `text`, in order, each with the system that spells them so (policy per channel is the caller's)."""
    return tuple(Macro(found.lastgroup or "", found[0]) for found in _MACRO.finditer(text))


def masked(text: str) -> str:
    """`text` with every macro blanked out, of the same length: a position here is a position there."""
    return _MACRO.sub(lambda found: MASK * len(found[0]), text)


def decode(text: str) -> str:
    """A query component as analytics reads it: `+` and `%xx` undone, macros left alone.

    Escapes that are not UTF-8 (a legacy Latin-1 `%E4`) stay as typed: a wrong letter would be a guess.
    """
    return "".join(part if is_macro else _unquote(part) for part, is_macro in _parts(text))


def encode(value: str) -> str:
    """`value` percent-encoded once, macros left alone; undone by `decode`. ValueError for a lone surrogate."""
    return "".join(part if is_macro else quote(part, safe="") for part, is_macro in _parts(value))


def canonical_path(path: str) -> str:
    """A path in one spelling: non-ASCII escaped, escapes upper case and only where needed, no closing slashes."""
    spelled = "".join(part if is_macro else _respell(part) for part, is_macro in _parts(path))
    return spelled.rstrip("/")


def is_invisible(character: str) -> bool:
    """Blank, control or zero-width: what a person does not see in a cell and a browser drops or stumbles over."""
    return unicodedata.category(character) in _INVISIBLE_CATEGORIES


def trimmed(text: str) -> str:
    """`text` without what nobody sees at its ends: blanks, line breaks, no-break and zero-width spaces."""
    start, end = 0, len(text)
    while start < end and is_invisible(text[start]):
        start += 1
    while end > start and is_invisible(text[end - 1]):
        end -= 1
    return text[start:end]


@dataclass(frozen=True)
class RawUrl:
    """A URL in its typed pieces; `str()` gives back exactly what was cut."""

    #: "https://" as typed, "mailto:", "//", or "" when no scheme was typed
    lead: str
    #: host, port and user info, undivided
    authority: str
    path: str
    #: None without "?", "" for a bare "?"
    query: str | None
    #: None without "#"
    fragment: str | None

    def __str__(self) -> str:
        query = "" if self.query is None else f"?{self.query}"
        fragment = "" if self.fragment is None else f"#{self.fragment}"
        return f"{self.lead}{self.authority}{self.path}{query}{fragment}"

    @property
    def scheme(self) -> str:
        """Lower case, without "://"; "" when none was typed."""
        return self.lead.removesuffix("//").removesuffix(":").lower()

    @cached_property
    def host(self) -> "Host | None":
        """Where a browser would go; None for other schemes, and for text without one that only might be a host."""
        if self.scheme in {"http", "https"}:
            return host(self.authority, self.scheme)
        if self.scheme or (not self.lead and "@" in self.authority):
            return None
        where = host(self.authority)
        return where if where and (self.lead or _DOMAIN.fullmatch(where.name)) else None

    @cached_property
    def pieces(self) -> tuple["Piece", ...]:
        """The query between its `&`, empty pieces included; () without a query."""
        return () if self.query is None else tuple(Piece(text) for text in _split(self.query, "&"))


@dataclass(frozen=True)
class Piece:
    """What stands between two `&` of a query, as typed: `name=value`, a bare `flag`, or nothing."""

    text: str

    @cached_property
    def name(self) -> str:
        """Decoded, case kept."""
        return decode(self._cut()[0])

    @cached_property
    def value(self) -> str | None:
        """Decoded; None for a flag without `=`."""
        value = self._cut()[1]
        return None if value is None else decode(value)

    @cached_property
    def key(self) -> str:
        """The name as it is looked up: lower case, without blanks around it."""
        return trimmed(self.name).lower()

    @cached_property
    def is_utm(self) -> bool:
        return self.key.startswith("utm_")

    def _cut(self) -> tuple[str, str | None]:
        return _cut(self.text, "=")


def split(text: str) -> RawUrl:
    """Cut any text as a browser would cut a URL, macros whole. Never fails; its worth is asked later."""
    before_fragment, fragment = _cut(text, "#")
    before_query, query = _cut(before_fragment, "?")
    lead = _LEAD.match(masked(before_query))
    start = lead.end() if lead else 0
    slash = masked(before_query).find("/", start)
    end = len(before_query) if slash < 0 else slash
    return RawUrl(before_query[:start], before_query[start:end], before_query[end:], query, fragment)


@dataclass(frozen=True)
class Host:
    """Where a browser would go."""

    #: lower case, IDNA, without the root's dot
    name: str
    #: "" for the scheme's own
    port: str
    is_address: bool

    @property
    def labels(self) -> list[str]:
        return self.name.split(".")


@lru_cache(maxsize=4096)
def host(authority: str, scheme: str = "https") -> Host | None:
    """The host of an authority by the WHATWG URL standard; None when a browser would refuse it.

    Refused too are a macro or a percent-escape in it, since what they become is not known here, and a backslash, which
    ends a host for browsers but not for other programs.
    """
    where = authority.rpartition("@")[2]
    if not where or MASK in masked(where) or not set(where).isdisjoint("%/\\?#"):
        return None
    try:
        url = URL(f"{scheme}://{where}/")
    except ValueError:  # a lone surrogate is one as well
        return None
    name = str(url.hostname).removesuffix(".")
    is_address = url.host_type != HostType.DEFAULT
    return Host(name, str(url.port), is_address) if is_address or _HOST_NAME.fullmatch(name) else None


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """`text` in order as (part, whether it is a macro)."""
    start = 0
    for found in _MACRO.finditer(text):
        yield text[start : found.start()], False
        yield found[0], True
        start = found.end()
    yield text[start:], False


def _cut(text: str, separator: str) -> tuple[str, str | None]:
    """`text` before and after its first separator outside a macro."""
    position = masked(text).find(separator)
    return (text, None) if position < 0 else (text[:position], text[position + 1 :])


def _split(text: str, separator: str) -> Iterator[str]:
    start = 0
    for part in masked(text).split(separator):
        yield text[start : start + len(part)]
        start += len(part) + 1


def _unquote(text: str) -> str:
    try:
        return unquote_plus(text, errors="strict")
    except UnicodeDecodeError:
        return text


def _respell(text: str) -> str:
    escaped = quote(text, safe="%/:?#[]@!$&'()*+,;=", errors="surrogatepass")
    return _ESCAPE.sub(lambda found: _plain_or_upper(found[0]), escaped)


def _plain_or_upper(escape: str) -> str:
    character = chr(int(escape[1:], 16))
    return character if character in _UNRESERVED else escape.upper()
