"""Delivers messages through Apprise, which knows a hundred services by their URLs. Its only door.

A URL is a secret. Apprise hides most of it in what it logs, libraries below it do not; so nothing any library logs
while we send is shown to anybody, and of what Apprise says only the status of an answer is looked at. Nothing is
attached, no file is read, no redirect is followed, and every text is sent as plain text.

A server may keep us waiting however its service is spoken to. So a message is sent by a thread of its own that
is left alone when its time is over, and that nobody waits for at the end of the process.
"""

import logging
import re
from collections.abc import Mapping
from threading import Thread, current_thread
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from apprise import NotifyBase

_THREAD: Final = "sheetsync-notify"
_STATUS: Final = re.compile(r"error=([1-5]\d\d)\b")
_NOT_REACHED: Final = re.compile(r"connection error|connect", re.IGNORECASE)

NOT_SET: Final = "its variable is not set"
NOT_UNDERSTOOD: Final = "its URL is not understood"
NOBODY_THERE: Final = "nobody could be reached"
NOT_TAKEN: Final = "it was not taken"


class AppriseNotifier:
    """Implements `Notifier`."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        """`urls`: channel -> its Apprise URL; Apprise itself is imported when one is used."""
        self._urls = dict(urls)

    def send(self, channel: str, title: str, text: str, seconds: float) -> str:
        """Deliver one plain text within so many seconds; empty when it was taken, else what happened instead."""
        if channel not in self._urls:
            return NOT_SET
        sending = _Sending(self._urls[channel], title, text)
        sending.start()
        sending.join(seconds)
        return f"no answer within {seconds:.0f} s" if sending.is_alive() else sending.trouble

    def look(self, channel: str) -> str:
        """Why nothing could ever be sent there, without sending anything; empty where it may work."""
        if channel not in self._urls:
            return NOT_SET
        looking = _Looking(self._urls[channel])
        looking.start()
        looking.join()
        return looking.trouble


class _Looking(Thread):
    """Makes Apprise's service of a URL, and hears what is logged about it."""

    def __init__(self, url: str) -> None:
        super().__init__(name=_THREAD, daemon=True)
        self._url = url
        self.heard = NOT_TAKEN
        #: as nothing is known yet
        self.trouble = NOT_TAKEN

    def run(self) -> None:
        # Whatever it is, and a traceback might show the URL.
        try:
            service = _service(self._url)
            self.trouble = NOT_UNDERSTOOD if service is None else self._use(service)
        except BaseException:
            self.trouble = NOT_TAKEN

    def hear(self, said: str) -> None:
        """What a library says while this thread is at work: only the status of an answer is kept of it."""
        if status := _STATUS.search(said):
            self.heard = f"the answer was {status[1]}"
        elif _NOT_REACHED.search(said):
            self.heard = NOBODY_THERE

    def _use(self, service: "NotifyBase") -> str:  # noqa: ARG002
        return ""


class _Sending(_Looking):
    """Sends one message."""

    def __init__(self, url: str, title: str, text: str) -> None:
        super().__init__(url)
        self._title = title
        self._text = text

    def _use(self, service: "NotifyBase") -> str:
        from apprise import NotifyFormat, OverflowMode

        taken = service.notify(
            body=self._text, title=self._title, body_format=NotifyFormat.TEXT, overflow=OverflowMode.TRUNCATE
        )
        return "" if taken else self.heard


def _service(url: str) -> "NotifyBase | None":
    """A service that speaks as its URL says, but in plain text, follows no redirect and keeps nothing."""
    # Imported here: it costs a tenth of a second and more, and most commands tell nobody anything.
    from apprise import Apprise, AppriseAsset, NotifyFormat, PersistentStoreMode

    _hush()
    asset = AppriseAsset(
        app_id="sheetsync",
        app_desc="sheetsync",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        storage_mode=PersistentStoreMode.MEMORY,
        pgp_autogen=False,
        pem_autogen=False,
        interpret_emojis=False,
        http_redirects=False,
        allow_templates=False,
        async_mode=False,
    )
    service = Apprise.instantiate(url, asset=asset)
    _hush()
    if service is None:
        return None
    # What the URL itself says of these does not count.
    service.redirects = False
    if NotifyFormat.TEXT in service._formats():
        service._format_override = NotifyFormat.TEXT
    return service


class _Hush(logging.Filter):
    """Lets nothing pass that is logged while a message is sent; the thread that sends it may hear it."""

    def filter(self, record: logging.LogRecord) -> bool:
        thread = current_thread()
        if not isinstance(thread, _Looking):
            return True
        thread.hear(record.getMessage())
        return False


_HUSH: Final = _Hush()


def _hush() -> None:
    loggers = [it for it in logging.root.manager.loggerDict.values() if isinstance(it, logging.Logger)]
    # A library may make its logger later than now: then what would print it is left.
    printing = [it for it in (*logging.root.handlers, logging.lastResort) if it is not None]
    for one in (logging.getLogger("apprise"), *loggers, *printing):
        one.addFilter(_HUSH)
