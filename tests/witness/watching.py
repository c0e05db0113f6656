"""The witness: every exchange of every sandbox in this process is checked, and the test in whose time it came fails.

A sandbox that a test starts as a process of its own is not seen.
"""

import importlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sheetsync.sandbox.server import Sandbox
from tests.witness.exchanges import Exchange, Manners, complaints

_SANDBOX = Path(__file__).parents[1] / "sandbox"
#: complaints that are kept; one would do
_MANY = 20
#: bodies beyond this are not kept for the check: they are sent to be refused
_HUGE = 33 * 2**20


class Witness:
    """Sees exchanges and keeps what is wrong with them until somebody asks."""

    def __init__(self) -> None:
        self.manners = Manners()
        self.seen = 0
        self._lock = threading.Lock()
        self._wrong: list[str] = []
        #: exchanges that were found right, so that what comes again is not looked at again
        self._right: set[int] = set()

    def see(self, exchange: Exchange) -> None:
        with self._lock:
            self.seen += 1
            asked = (exchange.verb, exchange.path, exchange.query, exchange.raw)
            same = hash((asked, exchange.status, exchange.answer, self.manners))
            if same in self._right:
                return
            wrong = [f"{exchange}: {each}" for each in complaints(exchange, self.manners)]
            if wrong:
                self._wrong = (self._wrong + wrong)[:_MANY]
            else:
                self._right.add(same)

    def taken(self) -> list[str]:
        """What was wrong since the last time somebody asked."""
        with self._lock:
            wrong, self._wrong = self._wrong, []
            return wrong


class Witnessed:
    """An application whose exchanges are seen before an answer's last bytes leave."""

    def __init__(self, inner: ASGIApp, witness: Witness) -> None:
        self._inner, self._witness = inner, witness

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        asked, answered, start = bytearray(), bytearray(), Start()

        async def listening() -> Message:
            heard = await receive()
            if len(asked) < _HUGE:
                asked.extend(heard.get("body", b""))
            return heard

        async def telling(told: Message) -> None:
            if told["type"] == "http.response.start":
                start.update(told)
            else:
                answered.extend(told.get("body", b""))
                # What goes wrong on order is meant to be nothing Google describes.
                ordered = scope.get("state", {}).get("fault")
                if not told.get("more_body") and len(asked) < _HUGE and not ordered:
                    self._witness.see(_exchange(scope, start, bytes(asked), bytes(answered)))
            await send(told)

        await self._inner(scope, listening, telling)


class Start(dict[str, object]):
    """The message that begins an answer, once it has come."""


def _exchange(scope: Scope, start: Message | Start, asked: bytes, answered: bytes) -> Exchange:
    return Exchange(
        scope["method"],
        scope["raw_path"].decode("latin-1"),
        scope["query_string"].decode("latin-1"),
        _headers(scope["headers"]),
        asked,
        start["status"],  # type: ignore[arg-type]
        _headers(start["headers"]),
        answered,
    )


def _headers(raw: object) -> dict[str, str]:
    pairs: list[tuple[bytes, bytes]] = list(raw)  # type: ignore[call-overload]
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in pairs}


@pytest.fixture(scope="session", autouse=True)
def witness() -> Iterator[Witness]:
    """Sees all that happens in the session."""
    starting = importlib.import_module("sheetsync.sandbox.running")
    seeing, usual = Witness(), starting.application

    def watched(sandbox: Sandbox) -> ASGIApp:
        return Witnessed(usual(sandbox), seeing)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(starting, "application", watched)
        yield seeing
    assert seeing.taken() == []


@pytest.fixture(autouse=True)
def every_exchange_fits_googles_description(witness: Witness, request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test in whose time something was asked or answered that Google's description does not allow.

    Our own client must ask strictly. Tests of the sandbox ask what they like, if what is wrong is refused; clients
    that nobody here wrote may use all spellings of proto3's JSON.
    """
    in_sandbox = _SANDBOX in request.path.parents
    foreign = in_sandbox and request.path.parent.name == "clients"
    witness.manners = Manners(relaxed=in_sandbox, wrong=in_sandbox and not foreign)
    yield
    wrong = witness.taken()
    if wrong:
        pytest.fail("Google's description does not allow:\n" + "\n".join(wrong), pytrace=False)
