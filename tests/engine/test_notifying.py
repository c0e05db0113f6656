"""Who is told what of a real run, over a real webhook and a real mail server; and that no run is harmed by it."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sheetsync import wiring
from sheetsync.adapters.sql_notices import SqlNotices
from sheetsync.config import load
from sheetsync.engine import notifying
from sheetsync.engine.notifying import Mailroom, deliver
from sheetsync.faces.cli import main
from sheetsync.ports.notifying import Kept
from tests.adapters.listening import Mailbox, Webhook, mailbox, webhook
from tests.engine.conftest import Town
from tests.engine.people import briefs, builder

pytestmark = pytest.mark.e2e

TOKEN = "hunter2" * 2


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as it:
        yield it


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as it:
        yield it


def configure(town: Town, channels: str, more: str = "") -> None:
    (town.folder / "notify.yaml").write_text(f"notify:\n  channels:\n    {channels}\n{more}")


def typed(town: Town, *words: str, **urls: str) -> Result:
    env = {**town.environment, "SHEETSYNC_CONFIG": str(town.folder), **urls}
    done = CliRunner().invoke(main, list(words), env=env, prog_name="sheetsync")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert TOKEN not in done.output
    return done


def both_move(town: Town, owner: str = "2026-11-25", copy: str = "27/11/2026") -> None:
    briefs(town).type(7, 5, owner)
    builder(town).type(2, 8, copy)


def titles(hook: Webhook, path: str = "") -> list[str]:
    return [document["title"] for where, document in hook.got if path in where]


# ---------------------------------------------------------------- a conflict's life


def test_a_conflict_is_told_when_it_opens_closes_and_comes_back_and_never_twice(town: Town, hook: Webhook) -> None:
    configure(town, "ops: {url_env: OPS, for: everything, sees: full}")
    url = hook.url(TOKEN)
    typed(town, "reconcile", OPS=url)
    assert hook.got == []
    both_move(town)
    for _ in range(3):
        assert typed(town, "reconcile", OPS=url).exit_code == 0
    about = "NL-1002 / paid_social / carousel-a, Flight end"
    assert titles(hook) == [f"Conflict: {about}"]
    text = hook.documents[0]["message"]
    assert "UTM builder: Flight end is 27/11/2026 here and 2026-11-25 in Partner briefs (owner); both moved" in text
    assert "the word of Partner briefs counts" in text
    assert "#gid=77&range=I3" in text
    builder(town).type(2, 8, "25/11/2026")
    for _ in range(2):
        typed(town, "reconcile", OPS=url)
    assert titles(hook)[1:] == [f"Conflict no more: {about}"]
    both_move(town, "2026-11-20", "21/11/2026")
    for _ in range(2):
        typed(town, "reconcile", OPS=url)
    assert titles(hook)[2:] == [f"Conflict is back: {about}"]
    first, _, again = (document["message"].splitlines()[-1] for document in hook.documents)
    assert again == f"{first}.2"


def test_a_channel_of_a_source_hears_its_own_and_no_more_than_its_readers_may_see(town: Town, hook: Webhook) -> None:
    configure(
        town,
        "briefs: {url_env: OPS, for: [briefs]}\n    web: {url_env: WEB, for: [landing]}\n"
        "    all: {url_env: ALL, for: everything}\n    some: {url_env: SOME, for: everything, sees: none}",
    )
    both_move(town)
    urls = {name.upper(): hook.url(name) for name in ("ops", "web", "all", "some")}
    assert typed(town, "reconcile", **urls).exit_code == 0
    assert titles(hook, "/web") == []
    assert titles(hook, "/ops") == titles(hook, "/all") == ["Conflict: NL-1002, Flight end"]
    assert titles(hook, "/some") == ["Conflict"]
    for path, document in hook.got:
        said = document["title"] + document["message"]
        # Neither the copy's value nor its row, and of the owner's cell only who reads it hears.
        assert not [word for word in ("27/11", "11-27", "11-22", "carousel", "gid=77") if word in said], path
        assert ("11-25" in said) is False
        assert ("range=F8" in said) is ("/ops" in path)


def test_a_mail_says_the_same(town: Town, box: Mailbox) -> None:
    configure(town, "ops: {url_env: OPS, for: everything}")
    both_move(town)
    typed(town, "reconcile", OPS=box.url)
    [mail] = box.mails
    assert mail["Subject"] == "Conflict: NL-1002, Flight end"
    assert mail.get_content().startswith("UTM builder: Flight end was changed both here and in Partner briefs")


def test_a_dry_run_tells_nobody(town: Town, hook: Webhook) -> None:
    configure(town, "ops: {url_env: OPS, for: everything}")
    both_move(town)
    typed(town, "reconcile", "--dry-run", OPS=hook.url())
    typed(town, "plan", OPS=hook.url())
    assert hook.got == []


# ---------------------------------------------------------------- what fails


def test_what_could_not_be_delivered_is_one_line_and_is_tried_again(town: Town, hook: Webhook) -> None:
    configure(town, "ops: {url_env: OPS, for: everything}")
    both_move(town)
    hook.status = 500
    quiet = typed(town, "reconcile", OPS=hook.url(TOKEN))
    assert quiet.exit_code == 0
    assert quiet.stderr == (
        "notify: not everything was taken: ops (the answer was 500; 1 waiting); the next run tries again.\n"
    )
    assert "1 message waiting since" in (told := typed(town, "status").stdout)
    assert "the answer was 500" in told
    [listed] = json.loads(typed(town, "notify", "list", "--json").stdout)["notices"]
    assert (listed["state"], listed["attempts"], listed["trouble"]) == ("waiting", 1, "the answer was 500")
    hook.status = 200
    assert typed(town, "reconcile", OPS=hook.url()).stderr == ""
    assert len(hook.got) == 2
    assert "waiting since" not in typed(town, "status").stdout
    assert typed(town, "notify", "list").stdout.splitlines()[-1] == "1 message, 0 waiting"


@pytest.mark.parametrize("trouble", ["no variable", "no URL", "nobody there", "hangs", "elsewhere"])
def test_no_notifier_fails_a_run(town: Town, hook: Webhook, trouble: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifying, "ONE_SECONDS", 1.0)
    configure(town, "ops: {url_env: OPS, for: everything}")
    both_move(town)
    url = {"no URL": f"nonsense{TOKEN}", "nobody there": f"json://127.0.0.1:1/{TOKEN}"}.get(trouble, hook.url(TOKEN))
    if trouble == "hangs":
        hook.goes_on.clear()
    if trouble == "elsewhere":
        hook.status, hook.location = 307, f"http://127.0.0.1:{hook.port}/elsewhere"
    began = time.monotonic()
    done = typed(town, "reconcile", "--json", **({} if trouble == "no variable" else {"OPS": url}))
    assert done.exit_code == 0
    assert time.monotonic() - began < 10
    assert len(done.stderr.splitlines()) == 1
    assert "ops (" in done.stderr
    assert json.loads(done.stdout)["run"]["exit_code"] == 0
    assert not [path for path, _ in hook.got if "elsewhere" in path]


def test_while_a_server_hangs_another_run_may_work(town: Town, hook: Webhook) -> None:
    configure(town, "ops: {url_env: OPS, for: everything}")
    both_move(town)
    config = load(town.folder, {**town.environment, "OPS": hook.url()})
    seen: list[int] = []

    class Nosy:
        def send(self, *_: Any, **__: Any) -> str:
            seen.append(typed(town, "reconcile").exit_code)
            return ""

        def look(self, *_: Any, **__: Any) -> str:
            return ""

    from sheetsync.engine.cycle import reconcile

    world = wiring.world(config)
    reconcile(world, config.rules, town.request())
    outbox = SqlNotices(config.ledger)
    room = Mailroom(config.notify, config.rules, Nosy(), outbox, world.ledger.open_flags, world.clock)
    assert [it.sent for it in deliver(room)] == [1]
    assert seen == [0], "the lease was free, and what was about to be sent was sent by nobody else"
    assert hook.got == []


def test_a_run_killed_between_sending_and_noting_loses_nothing_and_may_repeat_one_message(
    town: Town, hook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(town, "ops: {url_env: OPS, for: everything}")
    both_move(town)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(SqlNotices, "note", killed)
        env = {**town.environment, "SHEETSYNC_CONFIG": str(town.folder), "OPS": hook.url()}
        CliRunner().invoke(main, ["reconcile"], env=env)
    assert len(hook.got) == 1
    typed(town, "reconcile", OPS=hook.url())
    assert len(hook.got) == 1, "somebody may be about to send it"
    config = load(town.folder, {**town.environment, "OPS": hook.url()})
    assert [it.sent for it in _deliver_at(config, datetime.now(UTC) + timedelta(minutes=11))] == [1]
    assert len(hook.got) == 2
    assert _deliver_at(config, datetime.now(UTC) + timedelta(minutes=30))[0].waiting == 0


def test_what_failed_for_a_day_is_given_up_and_said(town: Town, hook: Webhook) -> None:
    configure(town, "ops: {url_env: OPS, for: everything}")
    both_move(town)
    hook.status = 500
    typed(town, "reconcile", OPS=hook.url())
    config = load(town.folder, {**town.environment, "OPS": hook.url()})
    _deliver_at(config, datetime.now(UTC) + timedelta(hours=23))
    assert len(hook.got) == 2
    _deliver_at(config, datetime.now(UTC) + timedelta(hours=25))
    assert len(hook.got) == 2
    assert "ops: 1 message given up in the last 7 days" in " ".join(typed(town, "status").stdout.split())


class _At:
    """A clock that stands still at some time of day; durations are real."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Nobody waits."""


def _deliver_at(config: Any, now: datetime) -> tuple[notifying.Delivered, ...]:
    return wiring.courier(config, _At(now)).turn(is_news=True)


# ---------------------------------------------------------------- when


def test_quiet_hours_hold_back_what_comes_afterwards(town: Town, hook: Webhook) -> None:
    quiet = '  quiet_hours: {from: "00:00", to: "23:59", time_zone: UTC}\n'
    configure(town, "ops: {url_env: OPS, for: everything}", quiet)
    both_move(town)
    assert typed(town, "reconcile", OPS=hook.url()).stderr == ""
    assert hook.got == []
    config = load(town.folder, {**town.environment, "OPS": hook.url()})
    evening = datetime.now(UTC).replace(hour=23, minute=59, second=30)
    assert _deliver_at(config, evening)[0].sent == 1
    assert titles(hook) == ["Conflict: NL-1002, Flight end"]


def test_a_days_digest_is_sent_once_and_holds_no_value(town: Town, hook: Webhook) -> None:
    configure(town, "ops: {url_env: OPS, for: everything, sees: full}", '  digest: {at: "00:00"}\n')
    both_move(town)
    for _ in range(3):
        typed(town, "reconcile", OPS=hook.url())
    assert titles(hook) == ["1 conflict is open", "Conflict: NL-1002 / paid_social / carousel-a, Flight end"]
    text = hook.documents[0]["message"]
    assert "UTM builder against Partner briefs, since 20" in text
    assert "27" not in text.replace(f"{datetime.now(UTC):%Y-%m-%d}", "").replace(f"{datetime.now(UTC):%H:%M}", "")
    config = load(town.folder, {**town.environment, "OPS": hook.url()})
    _deliver_at(config, datetime.now(UTC) + timedelta(days=1))
    assert titles(hook)[2:] == ["1 conflict is open"]


def test_many_at_once_come_as_one_message(town: Town, hook: Webhook) -> None:
    configure(town, "ops: {url_env: OPS, for: everything}")
    typed(town, "reconcile", OPS=hook.url())
    config = load(town.folder, {**town.environment, "OPS": hook.url()})
    from sheetsync.core.notices import Notice

    made = [
        Notice(f"ss-{number}", "opened", "ops", "low", datetime.now(UTC), "r", f"Conflict: {number}", "t")
        for number in range(30)
    ]
    SqlNotices(config.ledger).put(made)
    typed(town, "reconcile", OPS=hook.url())
    [document] = hook.documents
    assert document["title"] == "30 messages"
    assert document["message"].splitlines()[:2] == ["Conflict: 0", "Conflict: 1"]
    assert "and 20 more" in document["message"]
    kept: list[Kept] = list(SqlNotices(config.ledger).waiting())
    assert kept == []


# ---------------------------------------------------------------- commands, the daemon


def test_a_test_message_says_per_channel_what_happened(town: Town, hook: Webhook) -> None:
    configure(town, "ops: {url_env: OPS, for: everything}\n    web: {url_env: WEB, for: [landing]}")
    done = typed(town, "notify", "test", OPS=hook.url(TOKEN))
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "ops: taken; look whether it has arrived",
        "web: its variable is not set (the URL in WEB)",
    ]
    assert typed(town, "notify", "test", "ops", OPS=hook.url(TOKEN)).exit_code == 0
    assert titles(hook) == ["A test message"] * 2


def test_the_doctor_says_which_variable_is_missing(town: Town) -> None:
    configure(town, "ops: {url_env: OPS, for: everything}")
    told = " ".join(typed(town, "doctor").stdout.split())
    assert "warn notifications (ops): nobody is told anything there: its variable is not set" in told
    assert "Put an Apprise URL into OPS" in told


def test_the_daemon_tells_people_after_its_turn(town: Town, hook: Webhook) -> None:
    configure(town, "ops: {url_env: OPS, for: everything}")
    both_move(town)
    assert typed(town, "daemon", "--once", OPS=hook.url(TOKEN)).exit_code == 0
    assert titles(hook) == ["Conflict: NL-1002, Flight end"]
