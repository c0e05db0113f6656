"""Checks of the section `notify`: variables, sources, times and zones that are some."""

import re
from datetime import time
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from sheetsync.config.findings import Where, did_you_mean, nearest
from sheetsync.config.scope import Scope
from sheetsync.config.shape.notify import ChannelShape, NotifyShape
from sheetsync.core.graph import Visibility
from sheetsync.core.notices import Channel, Digest, Notify, QuietHours

_VARIABLE: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_NAME: Final = re.compile(r"[\w][\w.-]{0,39}")
_TIME: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_UTC: Final = "UTC"


def check_notify(scope: Scope) -> None:
    """Every channel names a variable and sources there are; times are times, and zones are known."""
    shape = scope.shape.notify
    for name, channel in shape.channels.items():
        _check_channel(("notify", "channels", name), name, channel, scope)
    if quiet := shape.quiet_hours:
        where: Where = ("notify", "quiet_hours")
        times = [
            _check_time((*where, setting), text, scope)
            for setting, text in (("from", quiet.begins), ("to", quiet.ends))
        ]
        if None not in times and times[0] == times[1]:
            scope.findings.report((*where, "to"), "is when they begin; nobody would ever be told")
        _check_zone((*where, "time_zone"), quiet.time_zone, scope)
    if digest := shape.digest:
        _check_time(("notify", "digest", "at"), digest.at, scope)
        if digest.time_zone is not None:
            _check_zone(("notify", "digest", "time_zone"), digest.time_zone, scope)


def _check_channel(where: Where, name: str, channel: ChannelShape, scope: Scope) -> None:
    report = scope.findings.report
    if not _NAME.fullmatch(name):
        report(where, "is no name for a channel: letters, digits, - _ and . only, at most 40")
    if not _VARIABLE.fullmatch(channel.url_env):
        # What stands there is not repeated: it may be the secret itself.
        report((*where, "url_env"), "is no variable's name; the URL itself has no place here, it is a secret")
    for number, source in enumerate(channel.sources):
        if scope.knows_source((*where, "for", number), source) and source in channel.sources[:number]:
            report((*where, "for", number), "stands there twice")
    everything = not channel.sources and not scope.findings.doubtful((*where, "for"))
    if channel.sees is not None and not everything:
        report(
            (*where, "sees"), "is for channels that hear everything; this one hears what its sources' readers may see"
        )


def _check_time(where: Where, text: str, scope: Scope) -> time | None:
    if _TIME.fullmatch(text.strip()) is None:
        scope.findings.report(where, 'is no time of day; write "19:00"')
        return None
    return _time(text)


def _check_zone(where: Where, name: str, scope: Scope) -> None:
    known = available_timezones()
    if name not in known:
        scope.findings.report(
            where, "is no time zone" + (did_you_mean(nearest(name, known)) or "; write Europe/Zurich")
        )


def _time(text: str) -> time:
    hour, minute = text.strip().split(":")
    return time(int(hour), int(minute))


def notify_settings(shape: NotifyShape) -> Notify:
    """The section `notify`, checked before."""
    quiet, digest = shape.quiet_hours, shape.digest
    zone = _UTC if quiet is None else quiet.time_zone
    return Notify(
        tuple(
            Channel(name, one.url_env, tuple(one.sources), one.sees or Visibility.FIELDS)
            for name, one in shape.channels.items()
        ),
        None
        if quiet is None
        else QuietHours(_time(quiet.begins), _time(quiet.ends), ZoneInfo(zone), quiet.let_through == "high"),
        None if digest is None else Digest(_time(digest.at), ZoneInfo(digest.time_zone or zone)),
    )
