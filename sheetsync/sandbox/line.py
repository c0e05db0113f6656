"""The raw connection under a request, for faults that no HTTP answer can play, and all waiting done on purpose."""

import asyncio
import contextlib
import socket
import struct

from sheetsync.sandbox.connections import Connection

#: closed with this, a socket says RST and forgets what it has not sent yet
_AT_ONCE = struct.pack("ii", 1, 0)


class Line(Connection):
    """A client's connection. A request finds it in its scope, as `scope["state"]["line"]`.

    Whoever writes to it directly ends it: HTTP on it is over. uvicorn takes a request for done once its line is gone.
    """

    gone: asyncio.Event

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.gone = asyncio.Event()
        # One dict for all connections otherwise.
        self.app_state = {**self.app_state, "line": self}

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.gone.set()

    def send(self, raw: bytes) -> None:
        self.transport.write(raw)

    def close(self) -> None:
        """Ends in order, after what was sent."""
        self.transport.close()

    def reset(self) -> None:
        """Ends with RST, as a proxy that gave up."""
        raw: socket.socket | None = self.transport.get_extra_info("socket")
        if raw is not None and not self.transport.is_closing():
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self.transport.abort()


class Pauses:
    """Everything that waits on purpose. It ends with the server, so that a silence does not hold up its stop."""

    def __init__(self) -> None:
        #: the server is stopping: nothing more is done for those who waited
        self.ended = False
        self._waiting: set[asyncio.Event] = set()
        self._turns: list[_Turn] = []

    async def until(self, event: asyncio.Event, seconds: float) -> None:
        """Waits for an event, at most so long."""
        if self.ended:
            return
        self._waiting.add(event)
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(event.wait(), seconds)
        finally:
            self._waiting.discard(event)

    async def sleep(self, seconds: float) -> None:
        await self.until(asyncio.Event(), seconds)

    async def behind(self, others: int, seconds: float) -> None:
        """Waits until so many other requests have been served, at most so long."""
        turn = _Turn(others)
        self._turns.append(turn)
        await self.until(turn.come, seconds)
        self._turns = [each for each in self._turns if each is not turn]

    def served(self) -> None:
        """One more request was served."""
        for turn in self._turns:
            turn.left -= 1
            if turn.left <= 0:
                turn.come.set()

    def end(self) -> None:
        self.ended = True
        for event in self._waiting:
            event.set()


class _Turn:
    def __init__(self, left: int) -> None:
        self.left, self.come = left, asyncio.Event()
