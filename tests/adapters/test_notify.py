"""Messages on their way out: taken, refused, kept waiting, led elsewhere; and that no URL is ever shown."""

import logging
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from sheetsync.adapters.notify import NOBODY_THERE, NOT_SET, NOT_UNDERSTOOD, AppriseNotifier
from sheetsync.core.telling_notices import plain
from tests.adapters.listening import Mailbox, Webhook, mailbox, webhook

TOKEN = "hunter2" * 2
HOSTILE = "<!channel> @here [click](https://evil.example) **x** `rm` &lt;b&gt;\r\nBcc: all@northlight.example"


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as it:
        yield it


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as it:
        yield it


def send(url: str, title: str = "A title", text: str = "One line\nand another", seconds: float = 10) -> str:
    return AppriseNotifier({"ops": url}).send("ops", title, text, seconds)


def test_a_webhook_gets_the_title_and_the_text_and_nothing_else(hook: Webhook) -> None:
    assert send(hook.url()) == ""
    [(path, document)] = hook.got
    assert path == "/hook"
    assert (document["title"], document["message"]) == ("A title", "One line\nand another")
    assert document["attachments"] == []


def test_a_mail_is_plain_text(box: Mailbox) -> None:
    assert send(box.url) == ""
    [mail] = box.mails
    assert mail["Subject"] == "A title"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().splitlines() == ["One line", "and another"]


def test_nothing_a_cell_says_becomes_a_header_of_a_mail(box: Mailbox) -> None:
    assert send(box.url, plain(HOSTILE, 120), plain(HOSTILE, 500)) == ""
    [mail] = box.mails
    assert mail["Bcc"] is None
    assert mail["To"] == "team@northlight.example"
    assert mail.get_content_type() == "text/plain"


def test_a_url_may_ask_for_another_format_and_still_gets_plain_text(box: Mailbox) -> None:
    assert send(f"{box.url}&format=html", text="a *b* c") == ""
    assert [mail.get_content_type() for mail in box.mails] == ["text/plain"]


def test_a_refusing_webhook_and_a_refusing_mail_server_are_told(hook: Webhook, box: Mailbox) -> None:
    hook.status, box.refusal = 500, "554 go away"
    assert send(hook.url()) == "the answer was 500"
    assert send(box.url) != ""
    assert box.mails == []


def test_nobody_is_followed_elsewhere(hook: Webhook) -> None:
    with webhook() as elsewhere:
        hook.status, hook.location = 302, f"http://127.0.0.1:{elsewhere.port}/stolen"
        assert send(hook.url()) == "the answer was 302"
        assert send(hook.url(redirect="yes")) == "the answer was 302", "not even where the URL asks for it"
        assert elsewhere.got == []


def test_a_server_that_hangs_costs_no_more_than_its_time(hook: Webhook) -> None:
    hook.goes_on.clear()
    began = time.monotonic()
    assert send(hook.url(rto="30"), seconds=0.5) == "no answer within 0 s"
    assert time.monotonic() - began < 3


def test_where_nobody_listens_that_is_told() -> None:
    with webhook() as gone:
        url = gone.url()
    assert send(url) == NOBODY_THERE


@pytest.mark.parametrize(
    "url", ["", "nonsense", f"nosuch://{TOKEN}", "json://", f"slack://{TOKEN}", "file:///etc/hosts"]
)
def test_a_url_that_is_none_is_told_before_and_when_something_is_sent(url: str) -> None:
    notifier = AppriseNotifier({"ops": url})
    assert notifier.look("ops") == NOT_UNDERSTOOD
    assert notifier.send("ops", "a", "b", 5) == NOT_UNDERSTOOD


def test_a_variable_that_is_not_set_is_told() -> None:
    assert AppriseNotifier({}).look("ops") == NOT_SET
    assert AppriseNotifier({}).send("ops", "a", "b", 5) == NOT_SET


def test_looking_at_a_url_sends_nothing(hook: Webhook) -> None:
    assert AppriseNotifier({"ops": hook.url()}).look("ops") == ""
    assert hook.got == []


@pytest.mark.parametrize("what", ["taken", "refused", "gone", "none", "hangs"])
def test_no_url_is_ever_shown(
    what: str, hook: Webhook, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    hook.status = 500 if what == "refused" else 200
    if what == "hangs":
        hook.goes_on.clear()
    port = 1 if what == "gone" else hook.port
    url = f"nosuch://{TOKEN}" if what == "none" else f"json://user:{TOKEN}@127.0.0.1:{port}/{TOKEN}?-key={TOKEN}"
    notifier = AppriseNotifier({"ops": url})
    said = notifier.send("ops", "a", "b", 1) + notifier.look("ops") + repr(notifier) + repr(vars(notifier).keys())
    out, err = capfd.readouterr()
    assert TOKEN not in said + out + err + caplog.text


def test_a_server_whose_headers_are_broken_does_not_make_a_library_show_the_url(
    capfd: pytest.CaptureFixture[str],
) -> None:
    import socketserver
    from threading import Thread

    class Broken(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.readline()
            self.wfile.write(b"HTTP/1.1 200 OK\r\n: no name\r\nbroken header\r\n\r\n")

    with socketserver.TCPServer(("127.0.0.1", 0), Broken) as server:
        Thread(target=server.handle_request, daemon=True).start()
        AppriseNotifier({"ops": f"json://127.0.0.1:{server.server_address[1]}/{TOKEN}"}).send("ops", "a", "b", 5)
    out, err = capfd.readouterr()
    assert TOKEN not in out + err


def test_a_long_text_is_cut_where_a_service_takes_less() -> None:
    # What Discord takes in one message is less than this; nothing is sent in several.
    from apprise import Apprise

    service = Apprise.instantiate("discord://123456789012345678/abcdefghijklmnopqrstuvwxyz0123456789")
    assert service is not None
    calls = list(service._build_send_calls(body="x" * 5_000, title="t", overflow="truncate", body_format="text"))
    assert len(calls) == 1


def test_help_does_not_import_apprise() -> None:
    told = (
        "import sys; from click.testing import CliRunner; from sheetsync.faces.cli import main;"
        "CliRunner().invoke(main, ['--help']); import sheetsync.wiring;"
        "print([name for name in sys.modules if name.partition('.')[0] in ('apprise', 'markdown', 'yaml')])"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
