"""The words of notices: plain text of bounded size in which nothing a cell says can be anything but text.

A chat acts on what it is sent: mentions, links with another label, formatting, commands. So what is not ours goes
through `plain`, also where an adapter escapes once more.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Final

from sheetsync.core.graph import Rules, Visibility
from sheetsync.core.notices import DIGEST, Change, Channel, Notice, Notify, State, digest_id, heard, hears, may_hear
from sheetsync.core.terms import Severity

LONGEST_TITLE: Final = 120
LONGEST_TEXT: Final = 1_500
_LONGEST_PART: Final = 80
_LONGEST_SENTENCE: Final = 500
#: lines of a digest, and of a message that stands for many
_LISTED: Final = 10

#: what some chat acts on -> what looks like it and is nothing but a letter
_INERT: Final = str.maketrans("<>@`[]|~*\\", "‹›＠'［］｜∼∗＼")
_ENTITY: Final = re.compile(r"&(?=#|\w+;)")
#: an address as we make them ourselves, with nothing in it that a chat could take for its end or its label
_OUR_LINK: Final = re.compile(r"https?://[\w.:/?#&=%+,-]+", re.ASCII)

_TITLES: Final = {
    State.OPENED: "Conflict",
    State.REOPENED: "Conflict is back",
    State.DECIDED: "Decided",
    State.APPLIED: "Applied",
    State.CLOSED: "Conflict no more",
    State.FILED: "Said elsewhere",
    State.ACCEPTED: "Accepted",
    State.EXPIRED: "Expired",
}
_HIDDEN: Final = "a campaign"
_NAMELESS: Final = "a campaign without an id"
#: all that is said to whoever may see nothing
_SOMETHING: Final = "Something between two sheets; who may see them finds it there."
_RANKS: Final = {severity: rank for rank, severity in enumerate((Severity.HIGH, Severity.MEDIUM, Severity.LOW))}


def plain(text: str, longest: int) -> str:
    """A text on one line that no chat, mail or terminal acts on, cut to `longest` characters."""
    visible = (
        " " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign
        for sign in text[: 4 * longest]
        if unicodedata.category(sign) not in ("Cf", "Cs", "Co", "Cn")
    )
    line = _ENTITY.sub("＆", " ".join("".join(visible).translate(_INERT).split()))
    return line if len(line) <= longest else line[: longest - 1] + "…"


def notices(changes: Sequence[Change], notify: Notify, rules: Rules, run: str, now: datetime) -> list[Notice]:
    """One notice for each change and each channel whose affair it is, in as many words as may be said there."""
    return [_notice(change, channel, rules, run, now) for channel, change in heard(changes, notify)]


def _notice(change: Change, channel: Channel, rules: Rules, run: str, now: datetime) -> Notice:
    seen = may_hear(channel, change.sources, rules)
    head = _TITLES[change.state]
    title = head if seen is Visibility.NONE else f"{head}: {_about(change, seen)}"
    text = "\n".join(_lines(change, channel, seen, rules))
    severity = str(change.severity)
    return Notice(change.id, str(change.state), channel.name, severity, now, run, title[:LONGEST_TITLE], text)


def _about(change: Change, seen: Visibility) -> str:
    """Which campaign and field, as far as that is no value of somebody who may not be heard here."""
    if seen is Visibility.FULL:
        return f"{plain(change.record, _LONGEST_PART)}, {plain(change.field, 30)}"
    if seen is Visibility.FIELDS:
        return f"{plain(change.campaign, 40) or _NAMELESS}, {plain(change.field, 30)}"
    return _HIDDEN


def _lines(change: Change, channel: Channel, seen: Visibility, rules: Rules) -> list[str]:
    if seen is Visibility.NONE:
        return [_SOMETHING, f"sheetsync conflicts show {plain(change.id, 40)}"]
    is_full = seen is Visibility.FULL
    sentence = plain(change.message if is_full else change.discreet, _LONGEST_SENTENCE)
    copy, owner = _title(change.copy, rules), _title(change.owner, rules)
    facts = [f"{change.severity} severity", f"the word of {owner} counts"]
    if change.launch and may_hear(channel, {*change.sources, change.launch_of}, rules) is Visibility.FULL:
        facts.append(f"launch {change.launch.isoformat()}")
    links = [change.link] if is_full else []
    # Its own cell is before the eyes of whoever reads the owner's workbook.
    links += [change.own_link] if is_full or (change.owner in channel.sources and len(channel.sources) == 1) else []
    return [
        f"{copy}: {sentence}",
        "; ".join(facts),
        *(link for link in dict.fromkeys(links) if _OUR_LINK.fullmatch(link) and len(link) <= 300),
        f"sheetsync conflicts show {plain(change.id, 40)}",
    ]


def _title(source: str, rules: Rules) -> str:
    return plain(rules.sources[source].title if source in rules.sources else source, _LONGEST_PART)


# ---------------------------------------------------------------- many at once


def digest(opens: Sequence[Change], channel: Channel, rules: Rules, day: date, now: datetime) -> Notice | None:
    """What is open and a channel's affair, on one day: counts, the worst first, the oldest; None where nothing is.

    No value and no link stands in it, whatever the channel may see.
    """
    its = sorted((one for one in opens if hears(channel, one)), key=_worst_first)
    if not its:
        return None
    counts = Counter(one.severity for one in its)
    figures = ", ".join(f"{counts[severity]} {severity}" for severity in _RANKS if counts[severity])
    noun = "conflict is" if len(its) == 1 else "conflicts are"
    lines = [f"{figures}.", *_oldest(its), *_listed(its, channel, rules), "sheetsync conflicts --kind conflict"]
    severity, title = str(its[0].severity), f"{len(its)} {noun} open"
    return Notice(digest_id(day), DIGEST, channel.name, severity, now, "", title, _bounded(lines))


def _worst_first(one: Change) -> tuple[int, datetime, str]:
    return _RANKS[one.severity], one.since or datetime.max.replace(tzinfo=UTC), one.id


def _oldest(its: Sequence[Change]) -> list[str]:
    known = [one.since for one in its if one.since is not None]
    return [f"The oldest is open since {_moment(min(known))}."] if known else []


def _listed(its: Sequence[Change], channel: Channel, rules: Rules) -> list[str]:
    # Names would be values, so what is listed is told as to readers of names of fields, at most.
    lines = []
    for one in its[:_LISTED]:
        seen = may_hear(channel, one.sources, rules)
        if seen is not Visibility.NONE:
            sides = f"{_title(one.copy, rules)} against {_title(one.owner, rules)}"
            since = f", since {_moment(one.since)}" if one.since else ""
            lines.append(f"{one.severity}: {_about(one, Visibility.FIELDS)}: {sides}{since} ({plain(one.id, 40)})")
    hidden = len(its) - len(lines)
    return [*lines, f"and {hidden} more"] if lines and hidden else lines


def together(waiting: Sequence[Notice]) -> tuple[str, str]:
    """Title and text of one message that stands for many that waited, in their order."""
    lines = [it.title for it in waiting[:_LISTED]]
    more = [f"and {len(waiting) - _LISTED} more"] if len(waiting) > _LISTED else []
    return f"{len(waiting)} messages", _bounded([*lines, *more, "sheetsync notify list"])


def _bounded(lines: Sequence[str]) -> str:
    text = "\n".join(lines)
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%MZ")
