"""Times as people type and read them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.errors import UsageError
from sheetsync.faces.moments import age, iso, moment, to_the_minute

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


@given(st.datetimes(timezones=st.timezones()))
def test_what_a_document_says_of_a_time_can_be_typed_again(told: datetime) -> None:
    assert moment(iso(told), "--since", NOON) == told.astimezone(UTC).replace(microsecond=0)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        (" 2026-11-20T08:30 ", datetime(2026, 11, 20, 8, 30, tzinfo=UTC)),
        ("2026-11-20T08:30+02:00", datetime(2026, 11, 20, 6, 30, tzinfo=UTC)),
        ("90min", NOON - timedelta(minutes=90)),
        ("12 h", NOON - timedelta(hours=12)),
        ("3d", NOON - timedelta(days=3)),
        ("2w", NOON - timedelta(weeks=2)),
        ("999999w", datetime.min.replace(tzinfo=UTC)),
    ],
)
def test_a_day_a_time_or_an_age_is_a_moment(typed: str, meant: datetime) -> None:
    assert moment(typed, "--since", NOON) == meant


@pytest.mark.parametrize("typed", ["", "yesterday", "3", "-3d", "3m", "27.11.2026", "³d"])
def test_what_is_no_time_is_refused_with_what_to_type(typed: str) -> None:
    with pytest.raises(UsageError, match=r"--since .* is no time\. Type a day") as caught:
        moment(typed, "--since", NOON)
    assert caught.value.exit_code == 2


def test_ages_are_told_in_the_largest_unit_that_fits() -> None:
    ago = {30: "now", 60: "1 min", 3599: "59 min", 3600: "1 h", 86399: "23 h", 86400: "1 d", 90 * 86400: "90 d"}
    assert {it: age(iso(NOON - timedelta(seconds=it)), iso(NOON)) for it in ago} == ago
    assert to_the_minute("2026-11-27T13:01:59+01:00") == "2026-11-27 12:01Z"
