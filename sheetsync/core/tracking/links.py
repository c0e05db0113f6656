"""Tracking URLs: made from a landing page and a UTM set, read back from what people typed, compared and explained.

Source: the tracking-URL discipline. People's own query and fragment survive byte for byte, because the page behind them
reads them; ours are appended, each once, always in the same order, so that the same inputs give the same link.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sheetsync.core.tracking.defects import (
    INSEPARABLE,
    Defect,
    TrackingRules,
    inspect,
)
from sheetsync.core.tracking.lists import CLICK_IDS
from sheetsync.core.tracking.privacy import holds_personal_data, shown
from sheetsync.core.tracking.urls import RawUrl, canonical_path, decode, encode, split, trimmed


@dataclass(frozen=True)
class Withheld:
    """Stands where a tracking URL would: why there is none. Never empty."""

    reasons: tuple[Defect, ...]


def bare(landing_page: str, rules: TrackingRules) -> str | Withheld:
    """The landing page as `build` takes it, without any tags: the link where somebody else puts them on."""
    blocking = _blocking(landing_page, rules)
    if blocking:
        return Withheld(blocking)
    raw = split(trimmed(landing_page))
    own = _own_query(raw, rules)
    return str(replace(raw, query="&".join(own) if own else None))


def build(landing_page: str, utm: Mapping[str, str], rules: TrackingRules) -> str | Withheld:
    """The landing page with exactly this UTM set: appended to the query in the order of `rules.parameters`.

    Everything else of the page stays byte for byte, but for what goes: click ids, earlier utm_ parameters (of any
    case), invisible characters around the address, and empty query pieces right before ours (`?a=1&` gives no `&&`;
    those further inside stay). The result passes `inspect` without a blocking defect, so building again from it, with
    the same or another set, replaces ours and nothing else. `utm` is the caller's duty: ValueError for a missing,
    blank or unknown one.
    """
    tags = _tags(utm, rules)
    blocking = _blocking(landing_page, rules)
    if blocking:
        return Withheld(blocking)
    raw = split(trimmed(landing_page))
    tracking_url = str(replace(raw, query="&".join([*_own_query(raw, rules), *tags])))
    blocking = _blocking(tracking_url, rules)  # what the tags bring along: length, personal data
    return Withheld(blocking) if blocking else tracking_url


def read(url: str) -> Mapping[str, str]:
    """The utm_ parameters a typed URL carries, decoded, names in lower case; of a repeated one, the first."""
    found: dict[str, str] = {}
    for name, value in _page(url).utm:
        found.setdefault(trimmed(name).lower(), value)
    return found


def identity(url: str) -> tuple[object, ...]:
    """Hashable, and equal for two links exactly where they are `same_tracking_url`."""
    page = _page(url)
    return (page.landing, tuple(sorted(page.utm)))


def same_url(a: str, b: str) -> bool:
    """Whether both lead to the same landing page: an equivalence.

    Folded: http and https, a missing scheme, the host's spelling (case, IDNA), the default port, the escaping and a
    closing slash of the path, the order of parameters (not of repeated ones among themselves), utm_ and click ids.
    Kept apart: apex and www, `flag` and `flag=`, fragments. What is no URL equals its own text only.
    """
    return _page(a).landing == _page(b).landing


def same_tracking_url(a: str, b: str) -> bool:
    """`same_url`, and the same UTM set: names and decoded values exactly, in any order, each as often."""
    return identity(a) == identity(b)


def without_www(url: str) -> str:
    """The same text without the `www.` its host begins with: what is left apart where two links differ in nothing else.

    No link is followed by it: apex and www may well be two pages.
    """
    raw = split(trimmed(url))
    user, at, place = raw.authority.rpartition("@")
    if raw.host is None or place[:4].lower() != "www.":
        return url
    return str(replace(raw, authority=f"{user}{at}{place[4:]}"))


def explain(typed: str, wanted: str) -> tuple[str, ...]:
    """How a typed tracking URL differs from the wanted one: a phrase per difference, personal data left out.

    Never empty unless `same_tracking_url`; then it still names what is harmless but untidy (scheme, click ids).
    """
    mine, theirs = _page(wanted), _page(typed)
    if theirs.not_a_url is not None:
        return () if mine == theirs else (f"{_quoted(theirs.not_a_url)} is not a web address",)
    if mine.not_a_url is not None:
        return (f"what was wanted, {_quoted(mine.not_a_url)}, is not a web address",)
    return (
        *_place_differences(theirs, mine),
        *_parameter_differences(theirs.query, mine.query),
        *_utm_differences(theirs.utm, mine.utm),
        *_differs("fragment", theirs.fragment, mine.fragment),
        *(f"click id {shown(name)}" for name in theirs.click_ids),
    )


def _tags(utm: Mapping[str, str], rules: TrackingRules) -> list[str]:
    unknown = [name for name in utm if name not in rules.parameters]
    if unknown:
        raise ValueError(f"utm: {', '.join(unknown)} is not among the rules' parameters {', '.join(rules.parameters)}")
    for name in dict.fromkeys((*INSEPARABLE, *utm)):
        if not trimmed(utm.get(name, "")):
            raise ValueError(f"utm: {name} is missing or blank")
    return [f"{name}={encode(utm[name])}" for name in rules.parameters if name in utm]


def _own_query(raw: RawUrl, rules: TrackingRules) -> list[str]:
    """The page's own pieces of its query, byte for byte."""
    own = [piece.text for piece in raw.pieces if not piece.is_utm and piece.key not in rules.click_ids]
    while own and not own[-1]:
        own.pop()
    return own


def _blocking(url: str, rules: TrackingRules) -> tuple[Defect, ...]:
    return tuple(defect for defect in inspect(url, rules) if defect.blocks)


@dataclass(frozen=True)
class _Page:
    """A typed URL taken apart for comparison; everything decoded."""

    #: the text itself when it is no URL
    not_a_url: str | None
    scheme: str
    host: str
    port: str
    path: str
    #: by name; repeated ones in their order
    query: tuple[tuple[str, str | None], ...]
    fragment: str
    #: names as typed
    utm: tuple[tuple[str, str], ...]
    click_ids: tuple[str, ...]

    @property
    def landing(self) -> tuple[object, ...]:
        return (self.not_a_url, self.host, self.port, self.path, self.query, self.fragment)


def _page(url: str) -> _Page:
    text = trimmed(url)
    raw = split(text)
    where = raw.host
    pieces = [piece for piece in raw.pieces if piece.text]
    utm = tuple((piece.name, piece.value or "") for piece in pieces if piece.is_utm)
    if where is None:
        return _Page(text, "", "", "", "", (), "", utm, ())
    own = [piece for piece in pieces if not piece.is_utm and piece.key not in CLICK_IDS]
    return _Page(
        not_a_url=None,
        scheme=raw.scheme,
        host=where.name,
        port=where.port,
        path=canonical_path(raw.path),
        query=tuple(sorted(((piece.name, piece.value) for piece in own), key=lambda pair: pair[0])),
        fragment=decode(raw.fragment or ""),
        utm=utm,
        click_ids=tuple(piece.name for piece in pieces if piece.key in CLICK_IDS),
    )


def _place_differences(typed: _Page, wanted: _Page) -> Iterator[str]:
    if not typed.scheme and wanted.scheme:
        yield f"{wanted.scheme}:// is missing"
    else:
        yield from _differs("scheme", typed.scheme, wanted.scheme)
    yield from _differs("host", typed.host, wanted.host)
    yield from _differs("port", typed.port, wanted.port)
    yield from _differs("page path", typed.path or "/", wanted.path or "/")


def _parameter_differences(
    typed: Iterable[tuple[str, str | None]], wanted: Iterable[tuple[str, str | None]]
) -> Iterator[str]:
    theirs, mine = _grouped(typed), _grouped(wanted)
    for name in dict.fromkeys([*mine, *theirs]):
        if theirs[name] == mine[name]:
            continue
        label = f"parameter {shown(name)}"
        if not theirs[name]:
            yield f"{label} is missing"
        elif not mine[name]:
            yield f"{label} is not in the wanted URL"
        else:
            yield f"{label} is {_listed(name, theirs[name])}, should be {_listed(name, mine[name])}"


def _utm_differences(typed: Iterable[tuple[str, str]], wanted: Iterable[tuple[str, str]]) -> Iterator[str]:
    theirs, mine = _spellings(typed), _spellings(wanted)
    for key in dict.fromkeys([*mine, *theirs]):
        if sorted(theirs[key]) != sorted(mine[key]):
            yield from _one_utm_difference(key, sorted(theirs[key]), sorted(mine[key]))


def _one_utm_difference(key: str, typed: list[tuple[str, str]], wanted: list[tuple[str, str]]) -> Iterator[str]:
    label, values, should_be = shown(key), [value for _, value in typed], [value for _, value in wanted]
    if not typed:
        yield f"{label} is missing"
    elif not wanted:
        yield f"{label} is {_listed(key, values)}, should not be there"
    else:
        right_names = {name for name, _ in wanted}
        for name in dict.fromkeys(name for name, _ in typed if name not in right_names):
            yield f"{shown(name)} should be written {' or '.join(map(shown, sorted(right_names)))}"
        if len(typed) != len(wanted):
            yield f"{label} stands {len(typed)} times instead of {len(wanted)}"
        if values != should_be:
            yield f"{label} is {_listed(key, values)}, should be {_listed(key, should_be)}"


def _differs(what: str, typed: str, wanted: str) -> Iterator[str]:
    if typed != wanted:
        yield f"{what} is {_quoted(typed) if typed else 'absent'}, should be {_quoted(wanted) if wanted else 'absent'}"


def _grouped(pairs: Iterable[tuple[str, str | None]]) -> defaultdict[str, list[str | None]]:
    groups: defaultdict[str, list[str | None]] = defaultdict(list)
    for name, value in pairs:
        groups[name].append(value)
    return groups


def _spellings(pairs: Iterable[tuple[str, str]]) -> defaultdict[str, list[tuple[str, str]]]:
    groups: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, value in pairs:
        groups[trimmed(name).lower()].append((name, value))
    return groups


def _listed(name: str, values: Iterable[str | None]) -> str:
    return " and ".join(_value_shown(name, value) for value in values)


def _value_shown(name: str, value: str | None) -> str:
    if value is None:
        return "written without ="
    return "'…'" if holds_personal_data(f"{name}={value}") else _quoted(value)


def _quoted(text: str) -> str:
    return f"'{shown(text)}'"
