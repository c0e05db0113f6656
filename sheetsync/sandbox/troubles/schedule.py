"""Which request a fault hits: the n-th that fits, every n-th, or some of them by a chance that can be repeated."""

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from fnmatch import fnmatchcase
from threading import RLock
from typing import Any

from sheetsync.sandbox.accounts import email_of
from sheetsync.sandbox.calls import Asked
from sheetsync.sandbox.errors import Json, SandboxError
from sheetsync.sandbox.troubles.faults import KINDS, When

#: the endpoint whose requests are only hit where it is named
TOKEN = "token"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to go wrong. Requests that fit all that is named are counted; without anything named, each fits.

    Requests for tokens fit only the endpoint `token`, and those to the sandbox's own addresses never.
    """

    #: one of `KINDS`
    kind: str
    when: When
    #: `GET`, `POST` …
    method: str = ""
    #: a pattern of the whole path, with `*` and `?`
    path: str = ""
    #: a spreadsheet's id
    workbook: str = ""
    #: Google's name of a method, such as `BatchUpdateSpreadsheet`, or `token`
    endpoint: str = ""
    #: a short name or an e-mail
    account: str = ""
    #: the first that is hit, counted from 1 among those that fit
    nth: int = 1
    #: from then on each, every second …
    every: int = 1
    #: of those, each with this chance
    probability: float = 1.0
    #: the same seed hits the same requests
    seed: int = 0
    #: how many are hit at most; 0: no end. Said nothing: 1, but no end with `every` or `probability`
    times: int = 1
    #: how long it lasts, for kinds that last; None: as long as the kind says
    seconds: float | None = None
    #: `Retry-After` in seconds, for kinds that answer with a status of their own
    retry_after: int | None = None
    #: how many other requests overtake it, for kinds that come too late
    behind: int = 1

    def fits(self, asked: Asked) -> bool:
        """Whether a request is one of those it is about."""
        return (
            (asked.endpoint == self.endpoint or (not self.endpoint and asked.service != TOKEN))
            and self.method in ("", asked.method)
            and self.workbook in ("", asked.workbook)
            and (not self.account or email_of(self.account) == asked.account)
            and (not self.path or fnmatchcase(asked.path, self.path))
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.when}"


def fault_of(document: Mapping[str, Any], endpoints: frozenset[str]) -> Fault:
    """A checked fault from its fields by name. Raises SandboxError with one line."""
    given = {name: value for name, value in document.items() if value is not None}
    known = [each.name for each in fields(Fault)]
    for name, value in given.items():
        if name not in known:
            raise SandboxError(f"a fault has no `{_shown(name)}`; known are {', '.join(known)}")
        if not _RULES[name][1](value):
            raise SandboxError(f"`{name}` must be {_RULES[name][0]}")
    kind = KINDS.get(given.get("kind", ""))
    if kind is None:
        raise SandboxError(f"no kind of fault `{_shown(given.get('kind', ''))}`; known are {', '.join(KINDS)}")
    when = given.get("when", kind.moments[0])
    if when not in kind.moments:
        raise SandboxError(f"`{kind.name}` happens only {kind.moments[0]} the request is served")
    endpoint = given.get("endpoint", TOKEN if kind.of_tokens else "")
    if endpoint and endpoint not in endpoints:
        raise SandboxError(f"no endpoint `{_shown(endpoint)}`; known are {', '.join(sorted(endpoints))}")
    if kind.of_tokens and endpoint != TOKEN:
        raise SandboxError(f"`{kind.name}` is said by the endpoint `token` only")
    if "method" in given:
        given["method"] = given["method"].upper()
    endless = "every" in given or "probability" in given
    return Fault(**({"times": 0 if endless else 1} | given | {"when": when, "endpoint": endpoint}))


def _shown(text: str) -> str:
    """What somebody named, on one line."""
    return " ".join(text.split())[:100]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 1000


def is_count(least: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value < 2**31


def is_number(least: float, most: float) -> Callable[[Any], bool]:
    def is_number(value: Any) -> bool:
        is_real = isinstance(value, int | float) and not isinstance(value, bool)
        return is_real and math.isfinite(value) and least <= value <= most

    return is_number


_NAME = ("a text", _is_text)
_RULES: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    **dict.fromkeys(("kind", "method", "path", "workbook", "endpoint", "account"), _NAME),
    "when": ("`before` or `after`", lambda value: value in ("before", "after")),
    **dict.fromkeys(("nth", "every", "behind"), ("a whole number from 1", is_count(1))),
    **dict.fromkeys(("times", "seed", "retry_after"), ("a whole number from 0", is_count(0))),
    "probability": ("a number from 0 to 1", is_number(0, 1)),
    "seconds": ("a number above 0 and up to 3600", lambda value: is_number(0, 3600)(value) and value > 0),
}


class _Entry:
    """A fault that is scheduled, and what it has done so far."""

    def __init__(self, number: int, fault: Fault) -> None:
        self.number, self.fault = number, fault
        self.fitted = self.hit = 0
        self._chance = random.Random(fault.seed)  # noqa: S311

    def is_due(self, asked: Asked) -> bool:
        """Counts the request if it fits, and says whether it is one to be hit."""
        fault = self.fault
        if not fault.fits(asked):
            return False
        self.fitted += 1
        since = self.fitted - fault.nth
        if since < 0 or since % fault.every:
            return False
        # Drawn also when nothing is left to hit, so that what is drawn depends on the requests alone.
        drawn = self._chance.random() < fault.probability
        return drawn and (not fault.times or self.hit < fault.times)

    def document(self) -> Json:
        named = {name: value for name, value in asdict(self.fault).items() if value not in ("", None)}
        return {"id": self.number, **named, "fitted": self.fitted, "hit": self.hit}


class Schedule:
    """The faults to come. Of several that are due for the same request the first scheduled hits it."""

    def __init__(self, lock: RLock, endpoints: frozenset[str]) -> None:
        self._lock, self._endpoints = lock, endpoints
        self._entries: list[_Entry] = []
        self._added = 0

    def add(self, kind: str, **rest: Any) -> int:
        """Schedules a fault by the fields of `Fault`; returns its number. Raises SandboxError with one line."""
        return self.order({"kind": kind, **rest})

    def order(self, document: Mapping[str, Any]) -> int:
        """The same from a document."""
        fault = fault_of(document, self._endpoints)
        with self._lock:
            self._added += 1
            self._entries.append(_Entry(self._added, fault))
            return self._added

    def clear(self) -> None:
        """Nothing goes wrong from now on, but for what has begun to."""
        with self._lock:
            self._entries.clear()

    def scheduled(self) -> list[Json]:
        """Each fault's fields, and how many requests have fitted it and were hit."""
        with self._lock:
            return [entry.document() for entry in self._entries]

    def due(self, asked: Asked) -> Fault | None:
        """The fault that hits this request, if any; the request counts for all that it fits."""
        with self._lock:
            due = [entry for entry in self._entries if entry.is_due(asked)]
            if not due:
                return None
            due[0].hit += 1
            return due[0].fault
