"""The sentences about what was said elsewhere: at the owner's cell, and as a line of a decisions tab."""

import hashlib
import hmac
import re
from base64 import b32encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from sheetsync.core.decide import identity_claim
from sheetsync.core.flags import Flag, FlagKind, with_ids
from sheetsync.core.graph import Rules
from sheetsync.core.hearsay import OPEN, Hearsay, State, moved_since, open_at, owners_cell, owners_row, says_so, stamp
from sheetsync.core.match import Matched
from sheetsync.core.matters import (
    ABOUT,
    CAMPAIGN,
    CLOSED,
    KEEP_A,
    KEEP_B,
    LINK_A,
    LINK_B,
    OWNER,
    RULE,
    STATE,
    VALUE_A,
    VALUE_B,
    VERSION,
    Matter,
)
from sheetsync.core.matters import FOLLOWS as WHAT_FOLLOWS
from sheetsync.core.model import Claim, Place
from sheetsync.core.telling import Told, flag_on
from sheetsync.core.truth import campaign_of
from sheetsync.core.where_decided import DecidedAbout

_ANSWERS = f"{KEEP_B}: accepted, and its owner is told to type it; {KEEP_A}: rejected; no value changes by either"
#: what a row's cell has room for beside the flag's id and the number of others: what to type must not be cut off
_ROOM = 170
_SCHEME = re.compile(r"^https?://", re.IGNORECASE)
#: people's texts are shortened to no less
_LEAST = 8
#: more than these of one field are counted, not listed
_LISTED = 2


def hearsay_flags(heard: Iterable[Hearsay], matched: Matched, rules: Rules, now: datetime) -> tuple[Flag, ...]:
    """One flag at the owner's cell of each field about which anything waits, with ids; where there is no such row
    there is no place to tell it.
    """
    together: dict[tuple[str, str], list[Hearsay]] = {}
    for it in open_at(heard, matched, rules, now):
        together.setdefault((it.record, it.field), []).append(it)
    flags = (_flag(those, matched, rules) for those in together.values())
    return with_ids(flag for flag in flags if flag is not None)


def _flag(those: Sequence[Hearsay], matched: Matched, rules: Rules) -> Flag | None:
    row = owners_row(those[0], matched, rules)
    if row is None:
        return None
    name, cell = those[0].field, owners_cell(those[0], matched, rules)
    flag = flag_on(
        cell or identity_claim(row.record, rules),
        row.key,
        FlagKind.CONTRADICTION,
        _told(those, cell, rules),
        rules.severity(name),
        found="" if cell is None else cell.raw,
        owner=rules.owners[name],
        candidates=tuple(dict.fromkeys(it.value for it in those)),
        # Beside a flag of the same kind about the same cell: an approval it contradicts.
        subject=f"{row.key} said elsewhere",
    )
    return replace(flag, field=name)


def _told(those: Sequence[Hearsay], cell: Claim | None, rules: Rules) -> Told:
    """The value and its author are the owner's to see: nobody else hears more than that there is something."""
    field = rules.fields[those[0].field]
    if len(those) > 1:
        message = _several(field.label, those)
    else:
        message = _single(field.label, those[0], moved_since(those[0], cell, field))
    discreet = f"{field.label}: something else was said elsewhere; its owner decides"
    return Told(message, discreet, frozenset((rules.owners[field.name],)))


def _single(label: str, it: Hearsay, moved: bool) -> str:
    if it.last.state is State.ACCEPTED:
        says = "{}: claimed in chat by {}, accepted by {}: type {} here"
        return _fitted(says, label, it.by, it.last.by, it.value)
    until, accept = stamp(it.filed.until or it.filed.at), f"accept: `sheetsync claims accept {it.id}`"
    if moved:
        says = f"{{}}: {{}} was claimed in chat by {{}}, pending until {until}; the cell has changed since; {accept}"
        return _fitted(says, label, it.value, it.by)
    says = f"{{}}: {{}} was claimed in chat by {{}} ({{}}) on {it.filed.at:%Y-%m-%d}, pending until {until}; {accept}"
    return _fitted(says, label, it.value, it.by, _SCHEME.sub("", it.origin))


def _several(label: str, those: Sequence[Hearsay]) -> str:
    says, texts = f"{{}}: {len(those)} claims: ", [label]
    # What was accepted comes first: there is something to type.
    for it in sorted(those, key=lambda it: it.last.state is not State.ACCEPTED)[:_LISTED]:
        accepted = ", accepted: type it here" if it.last.state is State.ACCEPTED else ""
        says += f"{{}} by {{}} ({it.id}{accepted}), "
        texts += [it.value, it.by]
    more = f" and {len(those) - _LISTED} more" if len(those) > _LISTED else ""
    return _fitted(f"{says.removesuffix(', ')}{more}; `sheetsync claims list`", *texts)


def _fitted(says: str, *texts: str) -> str:
    """A sentence with people's texts in it, the longest of which give way until it has room in a cell."""
    one_line = [" ".join(text.split()) for text in texts]
    room = _ROOM - len(says.format(*[""] * len(texts)))
    lengths = [len(text) for text in one_line]
    while sum(lengths) > room and max(lengths) > _LEAST:
        lengths[lengths.index(max(lengths))] -= 1
    cut = (text if len(text) <= at else text[: at - 1] + "…" for text, at in zip(one_line, lengths, strict=True))
    return says.format(*cut)


# ---------------------------------------------------------------- a decisions tab


def matter_of(
    it: Hearsay,
    matched: Matched,
    rules: Rules,
    now: datetime,
    link: Callable[[Place], str],
    salt: str,
) -> Matter:
    """It as a line of a decisions tab: A is what the owner's cell says, B what was claimed. For its owner's eyes."""
    owner, field = rules.owners.get(it.field), rules.fields.get(it.field)
    cell = owners_cell(it, matched, rules)
    says = "" if cell is None or field is None else field.said(cell)
    converged = field is not None and says_so(it, cell, field)
    state = it.state(now)
    # As the run will note it: what was rejected, or is over, stays so whatever the cell says.
    state = State.CLOSED if converged and state in OPEN else state
    shows = {
        CAMPAIGN: campaign_of(it.record),
        ABOUT: _about(it, rules),
        RULE: f"claimed in chat by {it.by}",
        VALUE_A: says,
        LINK_A: "" if cell is None else link(cell.place),
        VALUE_B: it.value,
        LINK_B: it.origin,
        OWNER: "" if owner is None or owner not in rules.sources else rules.sources[owner].title,
        WHAT_FOLLOWS: _ANSWERS if state is State.PENDING else "",
        STATE: _state_words(it, state, field is not None and moved_since(it, cell, field)),
        VERSION: _version(it, says, salt),
    }
    said = {name: text for name, text in shows.items() if text}
    sources = frozenset() if owner is None else frozenset((owner,))
    bare = str(state) if state in OPEN else CLOSED
    return Matter(it.id, said, state is State.PENDING, sources, bare=bare, about=DecidedAbout.CLAIM)


def _about(it: Hearsay, rules: Rules) -> str:
    label = rules.fields[it.field].label if it.field in rules.fields else it.field
    placement = it.record[len(campaign_of(it.record)) :].removeprefix(" / ")
    return f"{placement}: {label}" if placement else label


def _state_words(it: Hearsay, state: State, moved: bool) -> str:
    match state:
        case State.PENDING:
            until = f"pending until {stamp(it.filed.until or it.filed.at)}"
            return until + ("; the owner's cell has changed since" if moved else "")
        case State.ACCEPTED:
            return f"accepted by {it.last.by}: its owner types it"
        case State.REJECTED:
            return f"{CLOSED}: rejected by {it.last.by}"
        case State.EXPIRED:
            return f"{CLOSED}: nobody answered until {stamp(it.filed.until or it.last.at)}"
        case State.CLOSED:
            return f"{CLOSED}: the owner's cell says it"
        case _:
            assert_never(state)


def _version(it: Hearsay, says: str, salt: str) -> str:
    digest = hmac.new(salt.encode(), "\x1e".join((it.id, says, it.value)).encode(), hashlib.sha256).digest()
    return b32encode(digest).decode()[:6]
