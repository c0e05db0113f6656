"""How a run goes wrong: killed where it touches the world, or its requests cut, doubled and held back on their way."""

import shutil
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Engine, event

from sheetsync.engine.world import World
from tests.adapters.google_faults import Google, Reply, Seen, answer, reset, sends, serving

# ---------------------------------------------------------------- killed


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Scythe:
    """Names everything a cycle does to the world, and ends the cycle at one of these points.

    What a killed process leaves behind is what is on the disk at that moment, its lease included: so that is copied
    to `grave`, and whatever the dying objects still do to the file they had does not count.
    """

    ledger: Path
    grave: Path
    #: 0-based; None names all points and kills nobody
    at: int | None = None
    points: list[str] = field(default_factory=list)
    dead: bool = False

    def swing(self, name: str) -> None:
        if self.dead:
            return
        self.points.append(name)
        if self.at is not None and len(self.points) > self.at:
            self.dead = True
            copy_ledger(self.ledger, self.grave)
            raise Killed(name)

    @contextmanager
    def over(self, world: World) -> Iterator[World]:
        """The same world with a point before and after each call, and before each statement on the ledger's file."""

        def statement(_connection: Any, _cursor: Any, text: str, *_: Any) -> None:
            self.swing(f"in {' '.join(text.split()[: 3 if text.startswith(('INSERT', 'DELETE')) else 1])}")

        def commit(_connection: Any) -> None:
            self.swing("in COMMIT")

        event.listen(Engine, "before_cursor_execute", statement)
        event.listen(Engine, "commit", commit)
        try:
            names = ("sheets", "records", "ledger", "leases", "clock")
            doors: dict[str, Any] = {name: _Door(getattr(world, name), name, self) for name in names}
            yield replace(world, **doors)
        finally:
            event.remove(Engine, "before_cursor_execute", statement)
            event.remove(Engine, "commit", commit)


class _Door:
    """One of the world's doors, whatever stands behind it: each call is a point before and a point after."""

    def __init__(self, inner: Any, name: str, scythe: Scythe) -> None:
        self._inner, self._name, self._scythe = inner, name, scythe

    def __getattr__(self, attribute: str) -> Any:
        inner = getattr(self._inner, attribute)
        # Links are made without asking anybody.
        if not callable(inner) or attribute == "link":
            return inner

        def call(*arguments: Any, **named: Any) -> Any:
            what = " ".join(
                [f"{self._name}.{attribute}", *(getattr(one, "state", "") for one in arguments[:1])]
            ).strip()
            self._scythe.swing(f"before {what}")
            outcome = inner(*arguments, **named)
            self._scythe.swing(f"after {what}")
            return outcome

        return self._held if attribute == "hold" else call

    @contextmanager
    def _held(self, name: str) -> Iterator[None]:
        self._scythe.swing("before leases.hold")
        with self._inner.hold(name):
            self._scythe.swing("after leases.hold")
            yield
            self._scythe.swing("before leases.release")
        self._scythe.swing("after leases.release")


def copy_ledger(ledger: Path, place: Path) -> Path:
    """The ledger's file and its log of writes as they are on the disk now; the index of that log is remade."""
    place.mkdir(parents=True, exist_ok=True)
    for file in (ledger, ledger.with_name(f"{ledger.name}-wal")):
        if file.exists():
            shutil.copyfile(file, place / file.name)
    return place / ledger.name


# ---------------------------------------------------------------- on the way


@dataclass
class Wire:
    """A proxy between us and the sandbox: it passes everything on, but for what it was told to spoil."""

    google: Google
    sandbox: str
    #: requests we believe lost, which are still under way
    held: list[Seen] = field(default_factory=list)
    #: the held ones arrive right after the next request of this method that was served; empty: not yet
    arriving: str = ""
    #: every read fails
    blind: bool = False
    #: the statuses with which requests were answered that arrived late
    late: list[int] = field(default_factory=list)
    #: names of the mishaps that really happened
    happened: list[str] = field(default_factory=list)

    def spoil(self, n: int, mishap: "Mishap") -> None:
        """The n-th request from now (0-based), and perhaps the following ones, meet this mishap."""
        self.google.script.clear()
        self.google.will(*[self._passes] * n, *(self._meets(mishap.name, step) for step in mishap.steps))
        self.arriving = mishap.arriving

    def calm(self) -> None:
        """No mishap from now on; what is held stays under way."""
        self.google.script.clear()
        self.arriving, self.blind = "", False

    def arrive(self) -> None:
        """What is held arrives now."""
        while self.held:
            status, _ = self.ask(self.held.pop(0))
            self.late.append(status)

    def pass_on(self, seen: Seen) -> bytes:
        """The sandbox's answer."""
        if self.blind and seen.method == "GET":
            return answer(503, "The service is currently unavailable.")
        status, body = self.ask(seen)
        if status == 200 and seen.method == self.arriving:
            self.arrive()
        return _response(status, body)

    def ask(self, seen: Seen) -> tuple[int, bytes]:
        """Send one request to the sandbox."""
        connection = HTTPConnection(urlsplit(self.sandbox).netloc)
        try:
            kept = {name: value for name, value in seen.headers.items() if name in ("authorization", "content-type")}
            connection.request(seen.method, seen.target, seen.body, kept)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def _passes(self, connection: socket.socket, google: Google) -> bool:
        return sends(self.pass_on(google.seen[-1]))(connection, google)

    def _meets(self, name: str, step: "Step") -> Reply:
        def reply(connection: socket.socket, google: Google) -> bool:
            self.happened.append(name)
            spoilt = step(self, google.seen[-1])
            return reset(connection, google) if spoilt is None else sends(spoilt)(connection, google)

        return reply


def _response(status: int, body: bytes) -> bytes:
    head = (
        answer(status, "").replace(b"text/html", b"application/json").replace(b"Length: 0", b"Length: %d" % len(body))
    )
    return head + body


@contextmanager
def wire(sandbox: str) -> Iterator[Wire]:
    """A proxy in front of the sandbox at this base address."""
    with serving() as google:
        between = Wire(google, sandbox)
        google.usual = between.pass_on
        yield between


Step = Callable[[Wire, Seen], bytes | None]
"""What becomes of one request: the answer we get, or None where the connection is cut."""


def _passed(wire: Wire, seen: Seen) -> bytes:
    return wire.pass_on(seen)


def _applied_and_cut(wire: Wire, seen: Seen) -> None:
    wire.ask(seen)


def _applied_and_503(wire: Wire, seen: Seen) -> bytes:
    wire.ask(seen)
    return answer(503, "The service is currently unavailable.")


def _cut(_wire: Wire, _seen: Seen) -> None:
    return None


def _said_503(_wire: Wire, _seen: Seen) -> bytes:
    return answer(503, "The service is currently unavailable.")


def _twice_first_answer(wire: Wire, seen: Seen) -> bytes:
    first = wire.pass_on(seen)
    wire.late.append(wire.ask(seen)[0])
    return first


def _twice_second_answer(wire: Wire, seen: Seen) -> bytes:
    wire.ask(seen)
    return wire.pass_on(seen)


def _held_back(wire: Wire, seen: Seen) -> None:
    wire.held.append(seen)


def _blinding(step: Step) -> Step:
    """From then on nobody can look."""

    def blinded(wire: Wire, seen: Seen) -> bytes | None:
        spoilt = step(wire, seen)
        wire.blind = True
        return spoilt

    return blinded


@dataclass(frozen=True)
class Mishap:
    """What becomes of one request of a run and of those that follow it."""

    name: str
    method: str
    steps: tuple[Step, ...]
    #: what is held arrives after the next served request of this method in the same run
    arriving: str = ""
    #: else: "then" before the next run, after its first request of a method, or "over" after it
    next_time: str = ""
    #: whether the run gets over it, and ends as if nothing had been
    by_itself: bool = True


# A write that is lost is followed by our look at the workbook, and that by the second attempt: three requests.
_LOST_TWICE: tuple[Step, ...] = (_held_back, _passed, _held_back)
MISHAPS: Mapping[str, Mishap] = {
    mishap.name: mishap
    for mishap in (
        Mishap("applied and cut", "POST", (_applied_and_cut,)),
        Mishap("applied, then 503", "POST", (_applied_and_503,)),
        Mishap("applied twice, first answer", "POST", (_twice_first_answer,)),
        Mishap("applied twice, second answer", "POST", (_twice_second_answer,)),
        Mishap("not applied and cut", "POST", (_cut,)),
        Mishap("not applied, cut twice", "POST", (_cut, _passed, _cut), by_itself=False),
        Mishap("cut, then applied and cut", "POST", (_cut, _passed, _applied_and_cut)),
        Mishap("applied and cut, nobody can look", "POST", (_blinding(_applied_and_cut),), by_itself=False),
        Mishap("not applied and cut, nobody can look", "POST", (_blinding(_cut),), by_itself=False),
        Mishap("delayed past our look at it", "POST", (_held_back,), arriving="GET"),
        Mishap("delayed past its successor", "POST", (_held_back,), arriving="POST"),
        Mishap("delayed past its run", "POST", (_held_back,), next_time="then"),
        Mishap("delayed past its run's successor", "POST", (_held_back,), next_time="over"),
        Mishap("both delayed past their run", "POST", _LOST_TWICE, next_time="then", by_itself=False),
        Mishap("both delayed past the next run's reading", "POST", _LOST_TWICE, next_time="GET", by_itself=False),
        Mishap("both delayed past the next run's writing", "POST", _LOST_TWICE, next_time="POST", by_itself=False),
        Mishap("both delayed past the next run", "POST", _LOST_TWICE, next_time="over", by_itself=False),
        Mishap("a read's answer cut", "GET", (_applied_and_cut,)),
        Mishap("a read answered 503", "GET", (_said_503,)),
        Mishap("nobody can read any more", "GET", (_blinding(_said_503),), by_itself=False),
    )
}
