"""Requests per minute, as Google counts them, by account and by project; off unless asked for."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.sandbox import GoogleError, Limits, Running
from sheetsync.sandbox.troubles.quotas import MINUTE, Quotas
from tests.sandbox.conftest import BOOK, Api
from tests.sandbox.orders import at_ease, order, refused


@pytest.fixture
def limited(sandbox: Running) -> Iterator[Running]:
    """A sandbox whose time stands still; afterwards it goes on, without quotas."""
    usual = sandbox.clock
    now = datetime.now(UTC)
    sandbox.clock = lambda: now
    yield sandbox
    sandbox.clock = usual
    at_ease(sandbox)


def later(sandbox: Running, seconds: float) -> None:
    now = sandbox.clock() + timedelta(seconds=seconds)
    sandbox.clock = lambda: now


def reading(api: Api) -> int:
    return api.sheets("GET", "/values/Plan!A1").status_code


def writing(api: Api) -> int:
    return api.batch({"addSheet": {}}, {"addSheet": {}}).status_code


@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans(), st.floats(0, 40)), max_size=60), st.integers(0, 4))
def test_nobody_gets_more_than_is_granted_and_everybody_gets_that(
    asked: list[tuple[str, bool, float]], limit: int
) -> None:
    quotas = Quotas()
    quotas.set(Limits(limit, limit, 2 * limit, 2 * limit))
    now, served = 0.0, list[tuple[str, bool, float]]()
    for account, reads, wait in asked:
        now += wait
        with contextlib.suppress(GoogleError):
            quotas.take(account, reads, now)
            served.append((account, reads, now))
            continue
        recent = [it for it in served if it[1] == reads and now - it[2] < MINUTE]
        assert len(recent) >= limit
    for account, reads, since in served:
        minute = [it for it in served if it[:2] == (account, reads) and since <= it[2] < since + MINUTE]
        # A minute of anybody's overlaps at most two of those that are counted.
        assert len(minute) <= 2 * limit


def test_there_is_none_unless_asked_for(limited: Running, api: Api) -> None:
    assert {reading(api) for _ in range(80)} == {200}
    assert order(limited, "GET", "quotas").json()["limits"]["reads_per_user"] is None


def test_google_grants_sixty_of_each_and_a_batch_is_one(limited: Running, api: Api, person: Api) -> None:
    limited.quota()
    assert [reading(api) for _ in range(61)] == [200] * 60 + [429]
    assert [writing(api) for _ in range(61)] == [200] * 60 + [429]
    assert reading(person) == 200
    later(limited, 59.9)
    assert reading(api) == 429
    later(limited, 0.2)
    assert reading(api) == 200
    assert writing(api) == 200


def test_what_google_says_is_what_was_recorded(limited: Running, api: Api) -> None:
    limited.quota(Limits(reads_per_user=0))
    refusal = api.sheets("GET", "/values/Plan!A1")
    assert "Retry-After" not in refusal.headers
    assert refusal.json() == {
        "error": {
            "code": 429,
            "message": "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per user' "
            "of service 'sheets.googleapis.com' for consumer 'project_number:123456789012'.",
            "status": "RESOURCE_EXHAUSTED",
            "details": [
                {
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": "RATE_LIMIT_EXCEEDED",
                    "domain": "googleapis.com",
                    "metadata": {
                        "service": "sheets.googleapis.com",
                        "consumer": "projects/123456789012",
                        "quota_metric": "sheets.googleapis.com/read_requests",
                        "quota_limit": "ReadRequestsPerMinutePerUser",
                        "quota_limit_value": "0",
                        "quota_unit": "1/min/{project}/{user}",
                        "quota_location": "global",
                    },
                },
                {
                    "@type": "type.googleapis.com/google.rpc.Help",
                    "links": [
                        {
                            "description": "Request a higher quota limit.",
                            "url": "https://cloud.google.com/docs/quota#requesting_higher_quota",
                        }
                    ],
                },
            ],
        }
    }


def test_the_project_has_a_limit_of_its_own_for_all_its_accounts(limited: Running, api: Api, person: Api) -> None:
    limited.quota(Limits(writes_per_project=3))
    assert [writing(it) for it in (api, person, api, person)] == [200, 200, 200, 429]
    info = person.batch({"addSheet": {}}).json()["error"]["details"][0]["metadata"]
    assert info["quota_limit"] == "WriteRequestsPerMinutePerProject"
    assert info["quota_unit"] == "1/min/{project}"
    assert reading(api) == 200


def test_a_refused_request_changes_nothing_and_uses_nothing_up(limited: Running, api: Api) -> None:
    limited.quota(Limits(writes_per_user=1, writes_per_project=2))
    assert writing(api) == 200
    before = limited.export(BOOK)
    assert [writing(api) for _ in range(5)] == [429] * 5
    assert limited.export(BOOK) == before
    assert {it["account"] or "project": it["used"] for it in order(limited, "GET", "quotas").json()["used"]} == {
        "project": 1,
        "sheetsync@sandbox.iam.gserviceaccount.com": 1,
    }


def test_drive_and_tokens_have_other_quotas(limited: Running, api: Api) -> None:
    limited.quota(Limits(0, 0, 0, 0))
    assert api.call("GET", "/drive/v3/files").status_code == 200
    Api(limited, "second")


def test_quotas_are_ordered_over_http_too(limited: Running, api: Api) -> None:
    answer = order(limited, "POST", "quotas", {"reads_per_user": 1, "reads_per_project": None}).json()
    assert answer["limits"] == {
        "reads_per_user": 1,
        "writes_per_user": 60,
        "reads_per_project": None,
        "writes_per_project": 300,
    }
    assert [reading(api), reading(api)] == [200, 429]
    order(limited, "DELETE", "quotas")
    assert reading(api) == 200
    assert "`reads_per_user` must be a whole number from 0" in refused(limited, "quotas", {"reads_per_user": "many"})
    assert "there is no `reads`" in refused(limited, "quotas", {"reads": 1})


def test_a_clock_that_is_set_back_does_not_lock_anybody_out(limited: Running, api: Api) -> None:
    limited.quota(Limits(reads_per_user=1))
    assert [reading(api), reading(api)] == [200, 429]
    later(limited, -3000)
    assert [reading(api), reading(api)] == [200, 429]
