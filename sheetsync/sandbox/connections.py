"""Connections that do not wait for ever: who sends a request's head or takes an answer too slowly is hung up on."""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

#: seconds from a connection's, or a request's, first sign of life to the end of its headers
HEAD_PATIENCE = 15.0
#: seconds in which a reader must have taken what was sent
READER_PATIENCE = 60.0


class Connection(H11Protocol):
    """uvicorn's connection with two deadlines it does not have; one slow client never holds up another."""

    _head: asyncio.TimerHandle | None = None
    _reader: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._head = self.loop.call_later(HEAD_PATIENCE, transport.abort)

    def data_received(self, data: bytes) -> None:
        if self._head is None and self._between_requests():
            self._head = self.loop.call_later(HEAD_PATIENCE, self.transport.abort)
        super().data_received(data)
        if not self._between_requests():
            self._forget_head()

    def on_response_complete(self) -> None:
        self._forget_head()
        super().on_response_complete()

    def pause_writing(self) -> None:
        self._reader = self.loop.call_later(READER_PATIENCE, self.transport.abort)
        super().pause_writing()

    def resume_writing(self) -> None:
        self._forget_reader()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_head()
        self._forget_reader()
        super().connection_lost(exc)

    def _between_requests(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _forget_head(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _forget_reader(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            self._reader = None
