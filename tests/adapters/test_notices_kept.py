"""What an outbox promises: each message once, taken by one at a time, lost by nobody."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest

from sheetsync.adapters.sql_ledger import SqlLedger
from sheetsync.adapters.sql_notices import SqlNotices
from sheetsync.core.notices import Notice
from sheetsync.ports.notifying import Kept, Outbox

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    SqlLedger(tmp_path / "ledger.db").close()
    return tmp_path / "ledger.db"


@pytest.fixture
def outbox(path: Path) -> Iterator[Outbox]:
    it = SqlNotices(path)
    yield it
    it.close()


def notice(about: str = "ss-A", state: str = "opened", channel: str = "ops", made: datetime = NOON) -> Notice:
    return Notice(about, state, channel, "high", made, "r1", f"{about} {state}", "text\nof it")


def any_one(_: Kept) -> bool:
    return True


def abouts(these: object) -> list[str]:
    return [it.notice.about for it in these]  # type: ignore[attr-defined]


def test_what_is_put_waits_as_it_was_put_and_only_once_ever(outbox: Outbox) -> None:
    outbox.put([notice(), notice(), notice(state="closed"), notice(channel="web"), notice("ss-B")])
    assert [it.notice for it in outbox.waiting()] == [
        notice(), notice(state="closed"), notice(channel="web"), notice("ss-B"),
    ]  # fmt: skip
    outbox.note(outbox.take("ops", NOON, any_one, 9), NOON, "")
    outbox.put([notice(), notice("ss-B")])
    assert [it.notice.channel for it in outbox.waiting()] == ["web"]
    assert outbox.knows([notice().key, notice("ss-C").key]) == {notice().key}


def test_what_is_taken_is_nobody_elses_until_it_is_noted_or_whoever_took_it_is_gone(outbox: Outbox) -> None:
    outbox.put([notice("ss-A"), notice("ss-B"), notice("ss-C", channel="web")])
    [first] = outbox.take("ops", NOON, any_one, 1)
    assert first.notice.about == "ss-A", "the oldest first"
    assert abouts(outbox.take("ops", NOON, any_one, 9)) == ["ss-B"]
    assert abouts(outbox.take("ops", NOON + timedelta(minutes=9), any_one, 9)) == []
    outbox.note([first], NOON, "the answer was 500")
    [again] = outbox.take("ops", NOON + timedelta(minutes=1), any_one, 9)
    assert (again.notice.about, again.attempts, again.first_tried, again.trouble) == (
        "ss-A", 1, NOON, "the answer was 500",
    )  # fmt: skip
    assert abouts(outbox.take("ops", NOON + timedelta(minutes=12), any_one, 9)) == ["ss-A", "ss-B"]


def test_only_what_may_go_is_taken(outbox: Outbox) -> None:
    outbox.put([notice("ss-A"), notice("ss-B")])
    assert abouts(outbox.take("ops", NOON, lambda it: it.notice.about == "ss-B", 9)) == ["ss-B"]


def test_what_is_sent_or_given_up_waits_no_more_and_is_listed(outbox: Outbox) -> None:
    outbox.put([notice("ss-A"), notice("ss-B"), notice("ss-C")])
    outbox.note(outbox.take("ops", NOON, any_one, 1), NOON, "")
    outbox.give_up(outbox.take("ops", NOON, any_one, 1), NOON)
    assert abouts(outbox.waiting()) == ["ss-C"]
    assert [(it.notice.about, it.sent, it.given_up) for it in outbox.latest(9)] == [
        ("ss-A", NOON, None), ("ss-B", None, NOON), ("ss-C", None, None),
    ]  # fmt: skip
    assert abouts(outbox.given_up(NOON)) == ["ss-B"]
    assert abouts(outbox.given_up(NOON + timedelta(seconds=1))) == []
    outbox.put([notice(f"ss-{number}", channel="web") for number in range(5)], sent=NOON)
    assert abouts(outbox.latest(1)) == ["ss-C", "ss-4"], "what waits is listed however old it is"


def test_words_are_forgotten_some_day_and_that_they_were_sent_is_not(outbox: Outbox) -> None:
    outbox.put([notice("ss-A")])
    outbox.put([notice("ss-B", made=NOON + timedelta(days=91))])
    assert [it.notice.text for it in outbox.latest(9)] == ["text\nof it", "text\nof it"], "what waits keeps its words"
    outbox.note(outbox.take("ops", NOON, any_one, 1), NOON, "")
    outbox.put([notice("ss-C", made=NOON + timedelta(days=91))])
    assert [it.notice.text for it in outbox.latest(9)] == ["", "text\nof it", "text\nof it"]
    assert outbox.knows([notice("ss-A").key])


def test_of_two_who_reach_for_one_message_one_gets_it(path: Path) -> None:
    box = SqlNotices(path)
    box.put([notice(f"ss-{number}") for number in range(20)])
    got: list[str] = []
    start = Barrier(4)

    def reach() -> None:
        own = SqlNotices(path)
        start.wait()
        while taken := own.take("ops", NOON, any_one, 1):
            got.extend(abouts(taken))
        own.close()

    people = [Thread(target=reach) for _ in range(4)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    box.close()
    assert sorted(got) == sorted(f"ss-{number}" for number in range(20))
