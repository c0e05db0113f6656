"""Laws of versions: none is ever lost, and a live link is never replaced, whatever people do in whichever order."""

from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from sheetsync.core.making import Past
from sheetsync.core.model import Parsed
from sheetsync.core.record_fields import RecordField
from sheetsync.core.versions import Newest, Version, issued, next_number
from tests.core.builders import PLACEMENT, TRACKING_URL, decided, everything, snapshots

LINK = ("utm", PLACEMENT, "tracking_url")
NOW = datetime(2026, 11, 1, tzinfo=UTC)
DAYS = (date(2026, 11, 1), date(2026, 11, 16), date(2026, 11, 20))


class Story:
    """The one placement's link from run to run, remembered as the ledger does."""

    def __init__(self) -> None:
        self.published: dict[RecordField, str] = {}
        self.versions: list[Version] = []

    @property
    def newest(self) -> dict[RecordField, Newest]:
        if not self.versions:
            return {}
        last, standing = self.versions[-1], self.published.get(LINK)
        stands = max((it.number for it in self.versions if it.value == standing), default=0)
        return {LINK: Newest(last.number, stands, None if last.value == standing else last.value)}

    def run(self, today: date, said: dict[str, Parsed]) -> tuple[str, ...]:
        """One cycle; the sentences about what waits."""
        found = decided(snapshots(*everything(**said)), past=Past(today, {}, dict(self.published), newest=self.newest))
        before = None if LINK not in self.published else (self.published[LINK], NOW)
        for issue in found.issued:
            self.versions += issued(issue, before, tuple(self.versions), f"r{len(self.versions)}", NOW)
        self.published |= {(it.place.source, it.record, it.field): it.value for it in found.generated}
        return tuple(flag.message for flag in found.flags if flag.subject.endswith("waits"))


edits = st.fixed_dictionaries(
    {},
    optional={
        "briefs__campaign_name": st.sampled_from(["Cyber Week", "Cyber Days"]),
        "briefs__flight_start": st.sampled_from([date(2026, 11, 16), date(2026, 12, 1)]),
        "utm__placement_status": st.sampled_from([None, "planned", "live"]),
        "landing__landing_page": st.sampled_from([None, "https://www.northlight.example/b"]),
        "utm__utm_source": st.sampled_from(["newsletter", None]),
    },
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(DAYS), edits), max_size=8))
def test_no_version_is_lost_and_a_live_link_is_never_replaced(runs: list[tuple[date, dict[str, Parsed]]]) -> None:
    story = Story()
    for today, said in runs:
        stood, versions = story.published.get(LINK), list(story.versions)
        waits = story.run(today, said)
        start = said.get("briefs__flight_start", date(2026, 11, 16))
        live = said.get("utm__placement_status") == "live" or (isinstance(start, date) and start <= today)
        if stood is not None and live:
            assert story.published[LINK] == stood
        assert story.versions[: len(versions)] == versions
        assert [it.number for it in story.versions] == list(range(1, len(story.versions) + 1))
        assert all(a.value != b.value for a, b in zip(story.versions, story.versions[1:], strict=False))
        if LINK in story.published:
            assert story.published[LINK] in {it.value for it in story.versions}
        if waits:
            assert story.versions[-1].value != story.published[LINK]
            assert f"v{story.versions[-1].number} waits" in waits[0]
        before = len(story.versions)
        assert story.run(today, said) == waits
        assert len(story.versions) == before, "a second look issues nothing"


def test_a_live_link_stays_and_the_next_version_waits_with_the_input_that_changed() -> None:
    story = Story()
    story.run(DAYS[0], {})
    (told,) = story.run(DAYS[1], {"briefs__campaign_name": "Cyber Days"})
    assert told.startswith("Tracking URL is live: v1 stays; v2 waits: utm_campaign is '202611_harlow-and-finch_cyber-")
    first, second = story.versions
    assert (first.value, first.changed, first.waits_for_live) == (TRACKING_URL, (), False)
    assert (second.number, second.changed, second.waits_for_live) == (2, ("campaign_name",), True)
    assert story.published[LINK] == TRACKING_URL
    assert story.run(DAYS[1], {}) == ()
    assert [it.value for it in story.versions] == [TRACKING_URL, second.value, TRACKING_URL]


def test_what_stood_before_anybody_counted_is_the_first_version() -> None:
    story = Story()
    story.published[LINK] = "https://www.northlight.example/old?utm_source=a"
    story.run(DAYS[0], {})
    assert [(it.number, it.run) for it in story.versions] == [(1, ""), (2, "r0")]


@given(st.sampled_from(["a", "b"]), st.sampled_from([None, "a", "b"]), st.integers(1, 5))
def test_the_number_of_the_newest_is_kept_for_its_own_value(value: str, published: str | None, number: int) -> None:
    assert next_number(value, published, Newest(number, number, value)) == number
    assert next_number(value, published, Newest(number, 0, "c")) == number + 1
