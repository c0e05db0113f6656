"""A daemon in a town: its turns one by one, and time that passes when it rests."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sheetsync import wiring
from sheetsync.adapters.system_clock import SystemClock
from sheetsync.engine.daemon import Daemon, Turn
from sheetsync.ports.watching import Stopping
from sheetsync.sandbox.server import RequestRecord
from tests.engine.conftest import Town


class Fast(SystemClock):
    """Implements `Attentive`: time passes as it does, and jumps where somebody waits."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.slept: list[float] = []
        self.rested: list[float] = []
        self.stopping = False
        self.reload = False
        #: called at each rest with what is to be waited; raises `Stopping` to end
        self.at_rest: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return super().monotonic() + self.passed

    def sleep(self, seconds: float) -> None:
        if self.stopping:
            raise Stopping
        self.slept.append(seconds)
        self.passed += seconds

    def rest(self, seconds: float) -> None:
        self.rested.append(seconds)
        self.passed += seconds
        self.at_rest()
        if self.stopping:
            raise Stopping

    def stop_asked(self) -> bool:
        return self.stopping

    def reload_asked(self) -> bool:
        asked, self.reload = self.reload, False
        return asked


@dataclass
class Watched:
    """A daemon and everything it told."""

    town: Town
    settings: dict[str, Any] = field(default_factory=dict)
    quota: dict[str, int] = field(default_factory=dict)
    clock: Fast = field(default_factory=Fast)
    told: list[str] = field(default_factory=list)
    settle_seconds: float = 0.0

    def __post_init__(self) -> None:
        self.daemon = self.make()

    def make(self) -> Daemon:
        config = self.town.config
        rhythm = replace(config.daemon.rhythm, **self.settings)
        daemon = replace(config.daemon, rhythm=rhythm, **self.quota)
        google = replace(config.google, settle_seconds=self.settle_seconds)
        return wiring.daemon(replace(config, daemon=daemon, google=google), self.clock, self.told.append)

    def turn(self, later: float = 30) -> Turn:
        """The next turn, so many seconds later."""
        self.clock.passed += later
        return self.daemon.turn()

    def requests_of(self, turn: Callable[[], Turn]) -> tuple[Turn, list[RequestRecord]]:
        """A turn, and what it asked the sandbox for, tokens left out."""
        before = len(self.town.sandbox.requests)
        done = turn()
        return done, [each for each in self.town.sandbox.requests[before:] if each.path != "/token"]

    def idle(self) -> Turn:
        """Turns until one is idle: after its own writes a daemon looks once more."""
        for _ in range(3):
            turn = self.turn()
            if turn.kind == "idle":
                return turn
        raise AssertionError(f"never idle: {turn}")
