"""The machine's clock and its signals: whoever waits here hears of them at once.

SIGTERM and SIGINT ask to end, SIGHUP to read the configuration again. What is under way may come to its end for a
moment; then `Stopping` is raised wherever the program stands, and if even that is not heard (a look-up of a name, a
locked file: code that no signal reaches) the process ends from the side. Nothing is lost by it: a lease of a process
that is gone is free, and a batch in flight is settled by the next run from the journal.
"""

import os
import select
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from sheetsync.adapters.system_clock import SystemClock
from sheetsync.ports.watching import Stopping

#: seconds that a request or a step under way gets to come to its end
GRACE = 2.5
#: seconds after which the process ends from the side
LAST = 4.5

_STOP = (signal.SIGTERM, signal.SIGINT)


class AttentiveClock(SystemClock):
    """Implements `Attentive`. Signals are heard within `listening`, which only the main thread may enter, once."""

    def __init__(self) -> None:
        # A handler may run between any two steps, so it may take no lock: it only sends a byte.
        self._ears, self._stop_bell = socket.socketpair()
        self._news, self._news_bell = socket.socketpair()
        self._news.setblocking(False)
        self._stopping = False
        self._reload = False

    def sleep(self, seconds: float) -> None:
        """Wait. Raises `Stopping`."""
        if select.select([self._ears], [], [], max(0.0, seconds))[0]:
            raise Stopping

    def rest(self, seconds: float) -> None:
        """Wait, less long when there is news. Raises `Stopping`."""
        if self._ears in select.select([self._ears, self._news], [], [], max(0.0, seconds))[0]:
            raise Stopping

    def stop_asked(self) -> bool:
        """Whether nothing new is to be begun."""
        return self._stopping

    def reload_asked(self) -> bool:
        """Whether the configuration is to be read again; says so once."""
        if not self._reload:
            return False
        self._reload = False
        while select.select([self._news], [], [], 0)[0]:
            self._news.recv(64)
        return True

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear the machine's signals for the block."""
        watched = dict.fromkeys(_STOP, self._on_stop)
        if hasattr(signal, "SIGHUP"):
            watched |= {signal.SIGHUP: self._on_news, signal.SIGALRM: self._on_alarm}
        before = {number: signal.signal(number, handler) for number, handler in watched.items()}
        done = threading.Event()
        heard, bell = socket.socketpair()
        bell.setblocking(False)
        # This one is rung by the interpreter itself, even while no handler can run.
        others = signal.set_wakeup_fd(bell.fileno(), warn_on_full_buffer=False)
        threading.Thread(target=_end_from_the_side, args=(heard, done), name="last resort", daemon=True).start()
        try:
            yield
        finally:
            done.set()
            signal.set_wakeup_fd(others)
            bell.close()
            if hasattr(signal, "setitimer"):
                signal.setitimer(signal.ITIMER_REAL, 0)
            for number, handler in before.items():
                signal.signal(number, handler)
            # Only now, when no handler rings them any more.
            for end in (self._ears, self._stop_bell, self._news, self._news_bell):
                end.close()

    def _on_stop(self, _number: int, _frame: FrameType | None) -> None:
        if self._stopping:  # twice means now
            raise Stopping
        self._stopping = True
        self._stop_bell.send(b".")
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, GRACE)

    def _on_alarm(self, _number: int, _frame: FrameType | None) -> None:
        raise Stopping

    def _on_news(self, _number: int, _frame: FrameType | None) -> None:
        self._reload = True
        self._news_bell.send(b".")


def _end_from_the_side(heard: socket.socket, done: threading.Event) -> None:
    """End the process when it was asked to and has not ended by itself in time."""
    with heard:
        while number := heard.recv(1):
            if number[0] in _STOP and not done.wait(LAST):
                os._exit(0)
