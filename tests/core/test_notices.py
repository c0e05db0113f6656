"""Who is told what, and when: laws over all changes, channels, settings and moments."""

import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.graph import Rules, SheetTab, Visibility
from sheetsync.core.notices import (
    DIGEST,
    NOBODY,
    Change,
    Channel,
    Digest,
    Notice,
    Notify,
    QuietHours,
    State,
    again,
    digest_id,
    hears,
    is_given_up,
    may_go,
    may_hear,
    next_digest,
)
from sheetsync.core.telling_notices import LONGEST_TEXT, LONGEST_TITLE, digest, notices, plain, together
from sheetsync.core.terms import Severity
from sheetsync.core.visibility import Readers
from tests.core.builders import RULES

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
ZONES = st.sampled_from(["UTC", "Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
MOMENTS = st.integers(0, 3 * 365 * 1440).map(
    lambda passed: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=passed)
)
TIMES = st.times().map(lambda it: it.replace(second=0, microsecond=0))
SOURCES = st.sampled_from(sorted(RULES.sources))
SEEN = st.sampled_from(Visibility)

#: stand for values of each source: nothing else in a message looks like them
SECRET = {name: f"Q{number}VALUE{number}Q" for number, name in enumerate(sorted(RULES.sources))}


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """A change whose words hold a value of every source it says it speaks of."""
    owner, copy = draw(SOURCES), draw(SOURCES)
    sources = frozenset({owner, copy}) | draw(st.frozensets(SOURCES, max_size=2))
    values = " ".join(SECRET[name] for name in sorted(sources))
    launch_of = draw(SOURCES)
    return Change(
        draw(st.sampled_from(["ss-AAAAAA", "ss-AAAAAA.2", "sc-BBBBBB"])),
        draw(st.sampled_from(State)),
        draw(st.sampled_from(Severity)),
        draw(st.sampled_from(["", "NL-1003"])),
        f"NL-1003 / {values}",
        "Flight end",
        owner,
        copy,
        f"it is {values} here",
        "it differs",
        sources,
        link=f"https://docs.google.com/spreadsheets/d/{SECRET[copy]}/edit#gid=0&range=A1",
        own_link=f"https://docs.google.com/spreadsheets/d/{SECRET[owner]}/edit",
        launch=draw(st.none() | st.just(date(2031, 1, 2))),
        launch_of=launch_of,
        since=draw(st.none() | MOMENTS),
    )


@st.composite
def channels(draw: st.DrawFn) -> Channel:
    return Channel("ops", "NOTIFY_OPS", tuple(draw(st.lists(SOURCES, unique=True, max_size=2))), draw(SEEN))


@st.composite
def settled(draw: st.DrawFn) -> Rules:
    """The rules with other readers."""
    seen = {name: draw(SEEN) for name in RULES.sources}
    return replace(RULES, sources={name: replace(it, readers_see=seen[name]) for name, it in RULES.sources.items()})


def readers(name: str, rules: Rules) -> Readers:
    source = rules.sources[name]
    where = source.location
    return Readers(rules.tabs_of(where.spreadsheet) if isinstance(where, SheetTab) else (source,))


# ---------------------------------------------------------------- what may be heard


@given(st.lists(changes(), max_size=4), channels(), settled())
def test_no_value_of_a_source_that_a_channel_may_not_see_is_ever_in_its_messages(
    told: list[Change], channel: Channel, rules: Rules
) -> None:
    made = [*notices(told, Notify((channel,)), rules, "r", NOON)]
    if one := digest(told, channel, rules, NOON.date(), NOON):
        made.append(one)
    said = "\n".join(f"{it.title}\n{it.text}" for it in made) + "".join(together(made))
    for name, value in SECRET.items():
        if channel.sources:
            allowed = all(readers(of, rules).may_learn((name,)) is Visibility.FULL for of in channel.sources)
        else:
            allowed = channel.sees is Visibility.FULL
        # The owner's own cell is linked for those who read its workbook.
        own = len(channel.sources) == 1 and any(change.owner == name == channel.sources[0] for change in told)
        assert allowed or own or value not in said, (name, said)


@given(st.lists(changes(), max_size=4), channels())
def test_who_may_see_nothing_hears_that_there_is_something(told: list[Change], channel: Channel) -> None:
    hush = replace(channel, sources=(), sees=Visibility.NONE)
    for notice in notices(told, Notify((hush,)), RULES, "r", NOON):
        said = notice.title + notice.text
        assert not any(word in said for word in ("NL-1003", "Flight end", "https://", "2031"))
        assert not any(source.title in said for source in RULES.sources.values())


@given(changes(), channels(), settled())
def test_a_channel_hears_what_its_sources_own_and_no_more_than_the_narrowest_of_their_readers(
    change: Change, channel: Channel, rules: Rules
) -> None:
    made = notices([change], Notify((channel,)), rules, "r", NOON)
    assert bool(made) is (not channel.sources or change.owner in channel.sources) is hears(channel, change)
    if channel.sources:
        ranks = list(Visibility)
        each = [readers(name, rules).may_learn(change.sources) for name in channel.sources]
        assert may_hear(channel, change.sources, rules) is max(each, key=ranks.index)


def test_a_source_that_is_none_any_more_lets_nothing_be_heard() -> None:
    assert may_hear(Channel("ops", "X", ("gone",)), ("briefs",), RULES) is Visibility.NONE


# ---------------------------------------------------------------- plain text


@given(st.text(max_size=400), st.integers(1, 200))
def test_whatever_a_cell_says_is_text_on_one_line(text: str, longest: int) -> None:
    said = plain(text, longest)
    assert len(said) <= longest
    assert not set(said) & set("<>@`[]|~*\\\r\n")
    assert all(unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for sign in said)
    assert plain(said, longest) == said


@pytest.mark.parametrize(
    "hostile",
    [
        "<!channel>", "<!here|here>", "@here", "@everyone", "<@U123>", "[click](https://evil.example)", "```x```",
        "![x](https://evil.example/x.png)", "&lt;!channel&gt;", "||hidden||", "~~20% off~~", "a\r\nBcc: all@x.example",
        "‮gnp.exe", "a\u2028b", "<script>", "\x1b[31mred",
    ],
)  # fmt: skip
def test_no_mention_link_or_markup_is_made_from_a_cell(hostile: str) -> None:
    change = Change(
        "ss-A", State.OPENED, Severity.HIGH, hostile, hostile, hostile, "briefs", "landing", hostile, hostile,
        frozenset(), link=f"https://x.example/{hostile}",
    )  # fmt: skip
    [notice] = notices([change], Notify((Channel("ops", "X", (), Visibility.FULL),)), RULES, "r", NOON)
    for said in (notice.title, notice.text.replace("\n", "")):
        assert not any(sign in said for sign in "<>@`[]|~*\r\x1b‮\u2028")
        assert "&lt;" not in said
        assert "Bcc" not in said.splitlines()
    assert "https://x.example" not in notice.text, "an address that is not as we make them is left out"


@given(changes(), channels())
def test_no_message_links_one_cell_twice(change: Change, channel: Channel) -> None:
    # As of a change within a freeze, which is about one cell alone.
    for notice in notices([replace(change, own_link=change.link)], Notify((channel,)), RULES, "r", NOON):
        assert notice.text.count(change.link) <= 1


def test_what_people_write_every_day_stays_as_it_is() -> None:
    for text in (
        "20% off",
        "$25 off $100+",
        "HF-BF30",
        "FINCH_20",
        "20 % Rabatt",
        "Harlow & Finch",
        "#deals",
        "été (ß)",
    ):
        assert plain(text, 80) == text


@given(st.lists(changes(), max_size=40), channels())
def test_no_message_is_longer_than_its_bounds(told: list[Change], channel: Channel) -> None:
    loud = [replace(it, message="x" * 5000, discreet="y" * 5000, record="z" * 500, field="f" * 500) for it in told]
    made = notices(loud, Notify((channel,)), RULES, "r", NOON)
    day = digest(loud, channel, RULES, NOON.date(), NOON)
    for title, text in [*((it.title, it.text) for it in [*made, *([day] if day else [])]), together(made)]:
        assert len(title) <= LONGEST_TITLE
        assert len(text) <= LONGEST_TEXT


# ---------------------------------------------------------------- when


def notice(state: str = "opened", severity: str = "medium", about: str = "ss-A") -> Notice:
    return Notice(about, state, "ops", severity, NOON, "r", "t", "x")


@given(MOMENTS, ZONES, TIMES, TIMES, st.booleans())
def test_quiet_hours_go_by_the_clock_on_the_wall_over_midnight_and_changes_of_time(
    now: datetime, zone: str, begins: time, ends: time, high: bool
) -> None:
    quiet = QuietHours(begins, ends, ZoneInfo(zone), high)
    notify = Notify((Channel("ops", "X"),), quiet)
    wall = now.astimezone(ZoneInfo(zone))
    # Minute by minute from their beginning, as somebody would count who looks at the wall.
    minutes = ((ends.hour - begins.hour) * 60 + ends.minute - begins.minute) % 1440
    passed = ((wall.hour - begins.hour) * 60 + wall.minute - begins.minute) % 1440
    assert quiet.hold(now) is (passed < minutes)
    assert may_go(notice(), notify, now) is (passed >= minutes)
    assert may_go(notice(severity="high"), notify, now) is (passed >= minutes or high)


@pytest.mark.parametrize(
    ("utc", "held"),
    [
        # Zurich, clocks forward on 2026-03-29 at 02:00, back on 2026-10-25 at 03:00
        ("2026-03-28T05:59", True), ("2026-03-28T06:00", False), ("2026-03-28T17:59", False),
        ("2026-03-28T18:00", True), ("2026-03-29T00:59", True), ("2026-03-29T01:00", True),
        ("2026-03-29T04:59", True), ("2026-03-29T05:00", False), ("2026-10-25T00:30", True),
        ("2026-10-25T01:30", True), ("2026-10-25T05:59", True), ("2026-10-25T06:00", False),
    ],
)  # fmt: skip
def test_quiet_hours_in_the_nights_in_which_clocks_change(utc: str, held: bool) -> None:
    quiet = QuietHours(time(19), time(7), ZoneInfo("Europe/Zurich"))
    assert quiet.hold(datetime.fromisoformat(f"{utc}+00:00")) is held


@given(MOMENTS, ZONES, TIMES)
def test_a_digest_is_due_once_a_day_however_often_somebody_looks(now: datetime, zone: str, at: time) -> None:
    made = Digest(at, ZoneInfo(zone))
    looks = [now + timedelta(minutes=20 * step) for step in range(3 * 72)]
    days = [day for look in looks if (day := made.day(look)) is not None]
    wall = [look.astimezone(ZoneInfo(zone)) for look in looks]
    late = time(23, 30) < at
    for day in {it.date() for it in wall[72:-72]}:
        assert day in days or late, "no day is left out"
    assert days == sorted(days), "and none comes back when clocks are put back"
    assert all(digest_id(day) < digest_id(day + timedelta(days=1)) for day in days)


@given(MOMENTS, ZONES, TIMES)
def test_the_next_digest_is_due_when_it_is_said_to_be_and_not_before(now: datetime, zone: str, at: time) -> None:
    notify = Notify((Channel("ops", "X"),), None, Digest(at, ZoneInfo(zone)))
    later = next_digest(notify, now)
    assert later is not None
    assert timedelta() < later.astimezone(UTC) - now <= timedelta(hours=26)
    assert notify.digest is not None
    # A time that clocks skip comes when they have.
    assert notify.digest.day(later.astimezone(UTC) + timedelta(hours=1)) is not None or at >= time(23)
    assert next_digest(NOBODY, now) is None


def test_a_digest_goes_at_its_own_time_even_when_that_is_a_quiet_one() -> None:
    quiet = QuietHours(time(19), time(7), ZoneInfo("UTC"))
    early, late = (Notify((Channel("ops", "X"),), quiet, Digest(time(at), ZoneInfo("UTC"))) for at in (6, 8))
    night = datetime(2026, 11, 27, 6, 30, tzinfo=UTC)
    assert may_go(notice(DIGEST), early, night)
    assert not may_go(notice(), early, night)
    assert not may_go(notice(DIGEST), late, night + timedelta(hours=13)), "one that is late is held back as all else"


def test_what_fails_is_tried_in_each_run_then_less_often_and_after_a_day_never() -> None:
    notify = Notify((Channel("ops", "X"),), None, Digest(time(8), ZoneInfo("UTC")))
    assert again(0, None, NOON)
    assert again(2, NOON, NOON)
    assert not again(3, NOON, NOON + timedelta(minutes=9))
    assert again(3, NOON, NOON + timedelta(minutes=10))
    assert not is_given_up(notice(), None, notify, NOON + timedelta(days=9)), "what was only held back never is"
    assert not is_given_up(notice(), NOON, notify, NOON + timedelta(hours=23))
    assert is_given_up(notice(), NOON, notify, NOON + timedelta(hours=24))
    assert is_given_up(notice(), None, NOBODY, NOON), "its channel is gone"
    assert is_given_up(notice(DIGEST, about="digest 2026-11-26"), None, notify, NOON), "its day is over"
    assert not is_given_up(notice(DIGEST, about="digest 2026-11-27"), None, notify, NOON)
