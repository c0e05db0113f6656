"""Messages to people: sent after a run, tried out, and listed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Any, Final

import click

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.notices import GIVEN_UP_AFTER
from sheetsync.engine.notifying import ONE_SECONDS, Delivered
from sheetsync.errors import ConfigError, SheetsyncError, UsageError
from sheetsync.faces.flags import count
from sheetsync.faces.moments import iso, to_the_minute
from sheetsync.faces.tables import Cell, Column, Row, Screen, paragraph, table
from sheetsync.ports.notifying import Kept

Document = Mapping[str, Any]

VERSION = 1

_TITLE: Final = "A test message"
_TEXT: Final = "Sent by: sheetsync notify test. Nothing has happened, and nothing is to be done."
_SHOWN: Final = 50


# ---------------------------------------------------------------- after a run


def tell_people(config: Config) -> None:
    """Send what a run has left to be told. Trouble is one line on stderr and changes nothing else."""
    if config.notify.channels:
        try:
            line = not_told(wiring.courier(config).turn(is_news=True))
        except SheetsyncError as error:
            line = f"nobody was told anything: {error}"
        if line:
            click.echo(f"notify: {line}", err=True)


def not_told(done: Sequence[Delivered]) -> str:
    """Which channels did not get everything and why, in one line; empty where all is well."""
    failed = [f"{it.channel} ({it.trouble}; {it.waiting} waiting)" for it in done if it.trouble]
    return f"not everything was taken: {', '.join(failed)}; the next run tries again." if failed else ""


# ---------------------------------------------------------------- trying it out


def trial_document(config: Config, channel: str | None) -> Document:
    """One test message to a channel or to each, and what became of it. No run is needed, and nothing is kept.

    Raises ConfigError where no channel is configured, UsageError for one there is not.
    """
    names = [one.name for one in config.notify.channels]
    if not names:
        raise ConfigError(
            "no channel is configured.",
            f"Write `notify: {{channels: {{ops: {{url_env: NOTIFY_OPS, for: everything}}}}}}` into "
            f"{config.folder / 'sheetsync.yaml'}.",
        )
    if channel is not None and channel not in names:
        near = get_close_matches(channel, names, 1)
        hint = f"Did you mean {near[0]}?" if near else f"Known are: {', '.join(names)}."
        raise UsageError(f"no channel is called {channel!r}.", hint)
    notifier = wiring.notifier(config)
    wanted = [one for one in config.notify.channels if channel in (None, one.name)]
    troubles = {one.name: notifier.send(one.name, _TITLE, _TEXT, ONE_SECONDS) for one in wanted}
    channels = [
        {"channel": one.name, "url_env": one.url_env, "taken": not troubles[one.name], "trouble": troubles[one.name]}
        for one in wanted
    ]
    return {"version": VERSION, "channels": channels, "exit_code": int(any(troubles.values()))}


def trial_text(document: Document) -> Iterator[str]:
    """A line for each channel."""
    for one in document["channels"]:
        if one["taken"]:
            yield f"{one['channel']}: taken; look whether it has arrived"
        else:
            yield f"{one['channel']}: {one['trouble']} (the URL in {one['url_env']})"


# ---------------------------------------------------------------- what waits, and what was sent


def list_document(config: Config, limit: int) -> Document:
    """What waits, however old, and the messages made last, oldest first. Raises where there has been no run."""
    return {
        "version": VERSION,
        "now": iso(wiring.now()),
        "notices": [_notice(kept) for kept in wiring.outbox(config).latest(limit)],
    }


def _notice(kept: Kept) -> Document:
    it = kept.notice
    state = "sent" if kept.sent else "given up" if kept.given_up else "waiting"
    return {
        "about": it.about,
        "what": it.state,
        "channel": it.channel,
        "state": state,
        "title": it.title,
        "text": it.text,
        "made": iso(it.made),
        "run": it.run or None,
        "attempts": kept.attempts,
        "tried": _iso(kept.tried),
        "sent": _iso(kept.sent),
        "given_up": _iso(kept.given_up),
        "trouble": kept.trouble,
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)


_COLOURS = {"waiting": "yellow", "given up": "red"}


def list_text(screen: Screen, document: Document) -> Iterator[str]:
    """A row for each message; the last line counts."""
    columns = (Column("Made", whole=True), Column("Channel", whole=True), Column("State", whole=True), Column("What"))
    notices = document["notices"]
    yield from table(screen, columns, map(_row, notices))
    waiting = sum(it["state"] == "waiting" for it in notices)
    yield f"{count(len(notices), 'message')}, {waiting} waiting"


def _row(it: Document) -> Row:
    why = f"\n{it['trouble']}, {count(it['attempts'], 'attempt')}" if it["trouble"] else ""
    state = Cell(it["state"], style=_COLOURS.get(it["state"], ""))
    return [to_the_minute(it["made"]), it["channel"], state, f"{it['title'] or it['about']}{why}"]


# ---------------------------------------------------------------- in `status`


def notices_counted(config: Config) -> list[Document]:
    """Of each channel with something to say: how much waits, what was in the way, and what was given up of late."""
    now, outbox = wiring.now(), wiring.outbox(config)
    waiting, lost = outbox.waiting(), outbox.given_up(now - 7 * GIVEN_UP_AFTER)
    found = []
    for name in dict.fromkeys(it.notice.channel for it in (*waiting, *lost)):
        its = [it for it in waiting if it.notice.channel == name]
        tried = [it for it in its if it.trouble]
        given_up = [it for it in lost if it.notice.channel == name and it.trouble]
        found.append(
            {
                "channel": name,
                "waiting": len(its),
                "trouble": tried[-1].trouble if tried else None,
                "since": iso(min(it.first_tried or it.notice.made for it in tried)) if tried else None,
                "given_up": len(given_up),
            }
        )
    return [it for it in found if it["waiting"] or it["given_up"]]


def notices_text(screen: Screen, counted: Sequence[Document]) -> Iterator[str]:
    """A line for each channel that did not get everything."""
    for it in counted:
        if it["trouble"]:
            line = f"{it['channel']}: {count(it['waiting'], 'message')} waiting since {to_the_minute(it['since'])}: "
            yield from paragraph(screen, f"{line}{it['trouble']}; `sheetsync notify test {it['channel']}`", style="red")
        elif it["waiting"]:
            yield from paragraph(screen, f"{it['channel']}: {count(it['waiting'], 'message')} waiting")
        if it["given_up"]:
            days = 7 * GIVEN_UP_AFTER // timedelta(days=1)
            text = f"{it['channel']}: {count(it['given_up'], 'message')} given up in the last {days} days"
            yield from paragraph(screen, f"{text}; `sheetsync notify list`", style="red")
