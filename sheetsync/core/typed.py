"""What stands in a line where people decide, and which version of it they had before their eyes.

A line counts as seen under a version if it showed it before anything was typed, and still did afterwards; and only
where all that people decide by stands in it as we wrote it.
"""

import hashlib
from base64 import b32encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sheetsync.core.lookup import scoped_key
from sheetsync.core.matters import (
    ABOUT,
    AGREED,
    BY,
    CAMPAIGN,
    CUSTOM,
    DECISION,
    UNTIL,
    VALUE_A,
    VALUE_B,
    VERSION,
    WHY,
    Row,
)
from sheetsync.core.where_decided import DECISIONS

#: what somebody must have had before their eyes
_DECIDED_BY = (CAMPAIGN, ABOUT, VALUE_A, VALUE_B, AGREED, VERSION)
#: typed texts longer than this are cut, in what we keep and in what we say
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Look:
    """What one line said when we last looked at it."""

    spreadsheet: str
    id: str
    #: the version it showed
    version: str
    #: of what people had typed; empty where nothing was
    digest: str
    #: the version it showed before this was typed and still did afterwards; empty where that is not known
    under: str = ""
    #: what became of the last decision that was judged, and of which one
    judged: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """A decision as somebody typed it, wherever that was."""

    matter: str
    #: of all they typed
    digest: str
    decision: str
    custom: str
    until: str
    by: str
    why: str
    #: the version they had before their eyes; empty where that is not known
    saw: str
    #: spreadsheet; empty on the command line
    where: str = ""
    #: the addresses of the only people who could have typed it; None where anybody could
    only: tuple[str, ...] | None = None
    #: who was logged in on the command line; empty for what stands in a sheet
    operator: str = ""
    #: why it cannot count whatever it says; empty where it can
    void: str = ""
    #: what is held as a day, not as a text, in ISO; and how days and numbers are written where it was typed
    days: Mapping[str, str] = field(default_factory=dict)
    locale: str = ""
    time_zone: str = ""

    @property
    def attested(self) -> bool:
        """Whether it is known who decided, or that it was one of a few."""
        return bool(self.operator or self.only)


def digest_of(row: Row) -> str:
    """A short name for all that people typed in a line; empty where nothing is."""
    if not row.typed:
        return ""
    said = "\x1e".join(f"{name}\x1f{row.typed[name]}" for name in sorted(row.typed))
    return b32encode(hashlib.sha256(said.encode(errors="surrogatepass")).digest()).decode()[:16]


def written_lines(wrote: Sequence[Sequence[str]]) -> Mapping[str, Mapping[str, str]]:
    """What our lines say of decisions, by their keys; `wrote` is the content of our tab, its head first."""
    head, *lines = wrote or [()]
    begins = scoped_key(DECISIONS, ("",))
    return {line[0]: dict(zip(head, line, strict=False)) for line in lines if line and line[0].startswith(begins)}


def as_we_wrote(row: Row, wrote: Mapping[str, Mapping[str, str]]) -> Row:
    """The line without its version where not all that people decide by stands in it as we wrote it.

    Somebody may have typed over it, or an id into a line where nothing is said of it: whoever decides then does not
    see what there is to decide.
    """
    says = wrote.get(scoped_key(DECISIONS, (row.id,)), {})
    if any(row.shown.get(name, "") != says.get(name, "") for name in _DECIDED_BY):
        return replace(row, shown={name: text for name, text in row.shown.items() if name != VERSION})
    return row


def looked(before: Look | None, row: Row) -> Look:
    """What we know of a line after one more look at it."""
    version, digest = row.shown.get(VERSION, ""), digest_of(row)
    if before is None:
        return Look(row.spreadsheet, row.id, version, digest)
    if before.digest == digest:
        return replace(before, version=version)
    under = version if before.version == version else ""
    return replace(before, version=version, digest=digest, under=under)


def typed_in(row: Row, look: Look, void: str = "") -> Typed:
    """The decision in a line of a tab."""
    # A value is never cut: that would be another one.
    said = {name: text if name == CUSTOM else text[:_LONGEST] for name, text in row.typed.items()}
    saw = look.under if look.under == row.shown.get(VERSION, "") else ""
    words = (said.get(DECISION, ""), said.get(CUSTOM, ""), said.get(UNTIL, ""), said.get(BY, ""), said.get(WHY, ""))
    only = None if row.only is None else tuple(sorted(row.only))
    where = (dict(row.days), row.locale, row.time_zone)
    return Typed(row.id, digest_of(row), *words, saw, row.spreadsheet, only, "", void, *where)
