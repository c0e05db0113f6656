"""What an answer means for a flight: graver as the launch nears, and never dead where nothing is known."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.link_health import Answered, Flight, Gone, Health, Looked, Stopped, Verdict, judge, loudness, worst
from sheetsync.core.terms import Severity
from sheetsync.core.tracking import TrackingRules

RULES = TrackingRules(("utm_source", "utm_medium", "utm_campaign"), ("www.brand.example",))
PAGE = "https://www.brand.example/sale"
LINK = f"{PAGE}?utm_source=nl&utm_medium=email&utm_campaign=a%20b"
LAUNCH = date(2026, 11, 27)
FLIGHT = Flight(LAUNCH, date(2026, 11, 30))
STARTS = datetime(2026, 11, 27, tzinfo=UTC)

days = st.none() | st.dates()
moments = st.datetimes(timezones=st.just(UTC))
flights = st.builds(Flight, days, days, st.booleans())
looks: st.SearchStrategy[Looked] = (
    st.builds(Answered, st.integers(100, 599), st.sampled_from([PAGE, LINK, "https://other.example/", "http://[", ""]))
    | st.builds(Gone, st.text())
    | st.builds(Stopped, st.text())
)
_LOUD = (None, Severity.LOW, Severity.MEDIUM, Severity.HIGH)


def before(**ago: float) -> datetime:
    return STARTS - timedelta(**ago)


@given(looks, flights, moments, st.text())
def test_something_is_said_of_everything_and_only_what_is_well_is_silent(
    looked: Looked, flight: Flight, now: datetime, url: str
) -> None:
    health = judge(url, looked, flight, now, RULES)
    assert health.why or isinstance(looked, Gone | Stopped)
    assert (health.severity is None) == (health.verdict is Verdict.OK)
    assert isinstance(looked, Stopped) <= (health.verdict is Verdict.BLOCKED)
    assert isinstance(looked, Gone) == (health.verdict is Verdict.DEAD) or isinstance(looked, Answered)
    assert health.verdict is not Verdict.BLOCKED or health.severity is not Severity.HIGH


@given(looks, st.lists(moments, min_size=2, max_size=2), st.dates(), st.booleans())
def test_until_the_end_severity_only_rises(looked: Looked, moments: list[datetime], start: date, live: bool) -> None:
    early, late = sorted(moments)
    flight = Flight(start, None, live)
    first, second = (judge(LINK, looked, flight, now, RULES) for now in (early, late))
    assert _LOUD.index(first.severity) <= _LOUD.index(second.severity)
    assert (first.verdict, second.verdict) != (Verdict.DEAD, Verdict.NOT_LIVE_YET)


@pytest.mark.parametrize(
    ("now", "verdict", "severity"),
    [
        (before(days=8), Verdict.NOT_LIVE_YET, Severity.LOW),
        (before(days=7), Verdict.NOT_LIVE_YET, Severity.MEDIUM),
        (before(hours=49), Verdict.NOT_LIVE_YET, Severity.MEDIUM),
        (before(hours=48), Verdict.DEAD, Severity.HIGH),
        (before(hours=-24), Verdict.DEAD, Severity.HIGH),
        (before(days=-3, hours=-23), Verdict.DEAD, Severity.HIGH),
        (before(days=-4), Verdict.DEAD, Severity.LOW),
    ],
)
@pytest.mark.parametrize("status", [401, 403, 404, 410, 503, 304])
def test_a_page_that_is_not_there_is_dead_only_when_it_is_due(
    now: datetime, verdict: Verdict, severity: Severity, status: int
) -> None:
    assert judge(LINK, Answered(status, PAGE), FLIGHT, now, RULES) == Health(verdict, severity, f"answers {status}")


def test_a_row_that_says_it_is_live_is_due_whatever_its_days() -> None:
    flight = Flight(None, None, live=True)
    assert judge(LINK, Answered(404, PAGE), flight, STARTS, RULES).verdict is Verdict.DEAD
    health = judge(LINK, Answered(404, PAGE), Flight(None, None), STARTS, RULES)
    assert (health.verdict, health.severity) == (Verdict.NOT_LIVE_YET, Severity.MEDIUM)


@pytest.mark.parametrize(
    ("final", "verdict", "why"),
    [
        (LINK, Verdict.OK, "answers 200"),
        (f"{PAGE}/?utm_campaign=a+b&utm_medium=email&utm_source=nl", Verdict.OK, "answers 200"),
        (
            f"{PAGE}?utm_source=nl&utm_medium=email",
            Verdict.DROPS_PARAMETERS,
            "utm_campaign lost on the way to www.brand.example",
        ),
        (
            f"{PAGE}?utm_source=NL&utm_campaign=a%20b",
            Verdict.DROPS_PARAMETERS,
            "utm_source and utm_medium lost on the way to www.brand.example",
        ),
        (
            "https://parked.example/",
            Verdict.BLOCKED,
            "ends at parked.example, which is no production host (tracking.hosts)",
        ),
        (
            "https://127.0.0.1/",
            Verdict.BLOCKED,
            "ends at 127.0.0.1, which is no production host (tracking.hosts)",
        ),
    ],
)
def test_a_link_is_well_at_a_production_host_with_all_it_carries(final: str, verdict: Verdict, why: str) -> None:
    health = judge(LINK, Answered(200, final), FLIGHT, before(days=20), RULES)
    assert (health.verdict, health.why) == (verdict, why)


def test_without_a_list_of_hosts_any_host_will_do() -> None:
    anywhere = TrackingRules(RULES.parameters, ())
    assert judge(PAGE, Answered(204, "https://x.example/"), FLIGHT, STARTS, anywhere).verdict is Verdict.OK


def test_of_several_rows_the_one_in_most_trouble_is_told() -> None:
    low, high = (judge(LINK, Gone("gone"), FLIGHT, now, RULES) for now in (before(days=30), STARTS))
    well = judge(LINK, Answered(200, LINK), FLIGHT, STARTS, RULES)
    assert worst([low, well, high]) == high
    assert sorted([high, well, low], key=loudness) == [well, low, high]
