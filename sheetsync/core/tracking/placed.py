"""What is wrong with an address only in its place: on another brand's host, on its own site, with another's macros."""

from collections.abc import Collection, Iterable, Iterator

from sheetsync.core.tracking.defects import Defect, DefectKind, defect, stands_on
from sheetsync.core.tracking.links import read
from sheetsync.core.tracking.urls import macros, split, trimmed


def other_host(url: str, own: Collection[str], others: Collection[str]) -> Iterator[Defect]:
    """A page that is not on one of its `own` hosts; without any, one that is on a host of `others`."""
    where = split(trimmed(url)).host
    if where is not None and (not stands_on(where.name, own) if own else stands_on(where.name, others)):
        wanted = f", its hosts are {', '.join(own)}" if own else ""
        yield defect(DefectKind.OTHER_HOST, f"{where.name}{wanted}")


def wrong_macros(url: str, allowed: Collection[str]) -> Iterator[Defect]:
    """Macros that nobody on the way of this link fills in."""
    for macro in dict.fromkeys(macros(url)):
        if macro.system not in allowed:
            yield defect(DefectKind.WRONG_MACRO, f"{macro.text} is a macro of {macro.system.replace('_', ' ')}")


def internal_link(url: str, placed_on: Collection[str]) -> Iterator[Defect]:
    """A tagged link on a site to itself."""
    where = split(trimmed(url)).host
    if where is not None and read(url) and stands_on(where.name, placed_on):
        yield defect(DefectKind.INTERNAL_LINK, f"{where.name} is the site it stands on")


def worst_first(defects: Iterable[Defect]) -> tuple[Defect, ...]:
    """Each once, in the order `inspect` gives them."""
    return tuple(sorted(dict.fromkeys(defects), key=lambda one: one.loudness))
