"""Every problem of a configuration, gathered: each with its file and line, each mistake once."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sheetsync.errors import ConfigError

Where = tuple[str | int, ...]
"""The way to a setting inside the merged document: ("handoffs", 1, "contracts", "offer")."""

#: what betrays a key pasted where only its path may stand; a mere file name (private_key.json) does not
SECRET: Final = re.compile(r"PRIVATE KEY|private_key(?![\w-]*\.\w+$)")

#: a name that may be repeated in a message: short, and nothing a credential would look like
_SHOWABLE: Final = re.compile(r"\w[\w &.-]{0,39}")
_LONGEST_KEY: Final = 60


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A line of a file, as editors and terminals link it."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Findings:
    """Collects problems, and what they leave in doubt.

    A mistake often looks like several: a misspelt field is unknown, and missing where it should have been. So whoever
    concludes something from an absence asks `doubtful` first, and of one place only the first problem is told.
    """

    def __init__(self) -> None:
        #: where each setting stands; () is the place of what stands nowhere
        self.marks: dict[Where, Mark] = {}
        self._told: list[tuple[Mark | None, str]] = []
        self._places: set[Where] = set()
        self._doubts: set[Where] = set()
        #: settings that were taken over from elsewhere, and from where
        self._taken_over: dict[Where, Where] = {}
        #: problems of settings taken over: told only if nothing is told where they come from
        self._second_hand: list[tuple[Where, str]] = []

    def __bool__(self) -> bool:
        return bool(self._told or self._second_hand)

    def report(self, where: Where, message: str, *, second_hand: bool = True) -> None:
        """Tell a problem of a setting, unless one was told of it, or of what it stands in, before.

        Of a setting that was taken over only what is wrong with it here and not where it comes from, unless the trouble
        is not the setting's own (`second_hand` False).
        """
        self._doubts.add(where)
        if self._is_told(where):
            return
        self._places.add(where)
        if not second_hand or self._home(where) is None:
            self._told.append((self.mark(where), f"{spelled(where)}: {message}"))
        else:
            self._second_hand.append((where, message))

    def takes_over(self, where: Where, home: Where) -> None:
        """A setting that does not stand here is as it is elsewhere."""
        self._taken_over[where] = home

    def pass_over(self, where: Where) -> None:
        """Tell nothing of this setting: what is wrong with it follows from a problem told elsewhere."""
        self._places.add(where)

    def report_line(self, mark: Mark, message: str) -> None:
        """Tell a problem of a line that is no setting (yet): bad syntax, a key twice."""
        self._told.append((mark, message))

    def report_environment(self, variable: str, message: str) -> None:
        """Tell a problem of an environment variable; its value is never shown."""
        self._told.append((None, f"environment: {variable}: {message}"))

    def report_unknown(self, where: Where, name: str, kind: str, known: Iterable[str]) -> None:
        """Tell that nothing of this kind bears the name that stands, as key or as value, at `where`."""
        guess = nearest(name, known)
        is_key = where[-1] == name
        if is_key:
            # the guess may stand there under its wrong name; without a guess anything may
            self.doubt((*where[:-1], guess) if guess else where[:-1])
        elif isinstance(where[-1], int):
            self.doubt(where[:-1])
        named = f"no {kind} of that name" if is_key or not _showable(name) else f"no {kind} is named '{name}'"
        self.report(where, named + did_you_mean(guess))

    def doubt(self, where: Where) -> None:
        """From now on nothing may be concluded from the absence of this setting, or of anything in it."""
        self._doubts.add(where)

    def doubtful(self, where: Where) -> bool:
        """Whether this setting may have been meant to be there though it is not, or to be other than it is.

        A list is as doubtful as any of its items; a mapping is not, its keys are asked for one by one.
        """
        size = len(where)
        in_doubtful = any(prefix in self._doubts for prefix in _prefixes(where))
        return in_doubtful or any(
            doubt[:size] == where and all(isinstance(step, int) for step in doubt[size:]) for doubt in self._doubts
        )

    def told_within(self, where: Where) -> bool:
        """Whether a problem was told of anything inside this setting."""
        return any(place[: len(where)] == where for place in self._places)

    def mark(self, where: Where) -> Mark | None:
        """The line of a setting, or of the nearest thing around it."""
        return next((self.marks[prefix] for prefix in _prefixes(where) if prefix in self.marks), self.marks.get(()))

    def error(self) -> ConfigError:
        """All of it, one line per problem, in the order of files and lines."""
        own = [
            (self.mark(where), f"{spelled(where)}: {message}")
            for where, message in self._second_hand
            if not self._is_told(self._home(where) or where)
        ]
        ordered = sorted(self._told + own, key=lambda told: (told[0] is None, told[0] or Mark("", 0)))
        return ConfigError("\n".join(f"{mark}: {text}" if mark else text for mark, text in ordered))

    def _is_told(self, where: Where) -> bool:
        return any(prefix in self._places for prefix in _prefixes(where))

    def _home(self, where: Where) -> Where | None:
        """Where a setting that was taken over stands; None for one that stands here."""
        for prefix in _prefixes(where):
            if home := self._taken_over.get(prefix):
                return (*home, *where[len(prefix) :])
        return None


def spelled(where: Where) -> str:
    """A way as people write it: handoffs[1].contracts.offer."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{_shown_key(step)}" for step in where)
    return text.removeprefix(".")


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` most likely was meant to be, if any is near."""
    folded = {_folded(candidate): candidate for candidate in known}
    found = difflib.get_close_matches(_folded(name), folded, n=1, cutoff=0.65)
    return folded[found[0]] if found else None


def did_you_mean(guess: str | None) -> str:
    """The end of a sentence about a wrong name."""
    return f"; did you mean '{guess}'?" if guess else ""


def _folded(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip().casefold())


def _prefixes(where: Where) -> Iterable[Where]:
    """`where` and everything it stands in, innermost first, without the document itself."""
    return (where[:length] for length in range(len(where), 0, -1))


def _showable(name: str) -> bool:
    return _SHOWABLE.fullmatch(name) is not None and not SECRET.search(name)


def _shown_key(key: str) -> str:
    if len(key) > _LONGEST_KEY or key.startswith("-----"):
        return "…"
    return key if key.isprintable() else repr(key)
