"""One question at a time: at a terminal, from a file of answers, or every default."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from sheetsync.config.document import parse
from sheetsync.config.findings import Findings
from sheetsync.errors import UsageError
from sheetsync.faces.tables import Screen, folded, visible


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, under the id by which a file answers it."""

    id: str
    text: str
    default: str
    #: what may be answered, each with what it means; empty: anything
    choices: tuple[tuple[str, str], ...] = ()
    #: further answers that are not worth a line each
    also: frozenset[str] = frozenset()

    def takes(self, answer: str) -> bool:
        """Whether this is an answer."""
        return not self.choices or answer in self.also or any(answer == value for value, _ in self.choices)


Ask = Callable[[Question], str]
"""Asks until there is an answer the question takes."""


def asking(answers: Path | None, yes: bool) -> Ask:
    """Who answers. Raises `UsageError` where that would be a person and nobody is there."""
    there = sys.stdin.isatty() and sys.stdout.isatty()
    otherwise = by_default if yes else at_terminal if there else None
    if answers is not None:
        return FromFile(answers, otherwise)
    if otherwise is None:
        raise UsageError("There is no terminal to ask at.", "Give --answers FILE, or take every default with --yes.")
    return otherwise


def sheets_to_look_at(may_ask: bool) -> list[str]:
    """What the person at the terminal names. Raises `UsageError` where nobody may be asked."""
    if not may_ask:
        raise UsageError("No sheet is named.", "Name addresses or files: sheetsync init URL FILE.xlsx")
    named: list[str] = []
    while text := str(
        click.prompt("A sheet's address, id or file (Enter: that is all)", default="", show_default=False)
    ):
        named.append(text.strip())
    return named


def yes_or_no(identity: str, text: str, default: bool = True) -> Question:
    """A question that is answered yes or no."""
    return Question(identity, text, "yes" if default else "no", (("yes", ""), ("no", "")))


def by_default(question: Question) -> str:
    """Nobody is asked."""
    return question.default


def at_terminal(question: Question) -> str:
    """Ask the person there: numbered choices, or the words themselves; Enter takes the default."""
    screen = Screen.here()
    for line in folded(screen, [visible(question.text)]):
        click.echo(line)
    values = [value for value, _ in question.choices]
    if values == ["yes", "no"]:
        return "yes" if click.confirm(" ", default=question.default == "yes", prompt_suffix="") else "no"
    for number, (value, meaning) in enumerate(question.choices, 1):
        told = f"  {number}  {value or '(none)'}" + (f": {meaning}" if meaning else "")
        for line in folded(screen, [visible(told)]):
            click.echo(line)
    default = str(values.index(question.default) + 1) if question.default in values else question.default
    while True:
        answer = str(click.prompt(" ", default=default, prompt_suffix="> ")).strip()
        if question.choices and answer.isdecimal() and 1 <= int(answer) <= len(values):
            return values[int(answer) - 1]
        if question.takes(answer):
            return answer
        click.echo(f"  one of 1 to {len(values)}, please")


class FromFile:
    """Answers a file gives by the questions' ids; what it does not answer is asked otherwise."""

    def __init__(self, path: Path, otherwise: Ask | None) -> None:
        self._path = path
        self._answers = _read(path)
        self._otherwise = otherwise
        self._asked: set[str] = set()

    def __call__(self, question: Question) -> str:
        """Raises `UsageError` for an answer the question does not take, and for none."""
        self._asked.add(question.id)
        answer = self._answers.get(question.id)
        if answer is None:
            if self._otherwise is None:
                raise UsageError(
                    f"{self._path}: no answer to `{question.id}` ({question.text})",
                    "Add it, or take every default with --yes.",
                )
            return self._otherwise(question)
        if not question.takes(answer):
            known = ", ".join(value or "''" for value, _ in question.choices)
            raise UsageError(f"{self._path}: {question.id}: {answer!r} is no answer.", f"Choose one of: {known}.")
        return answer

    def check(self) -> None:
        """Raises `UsageError` for an answer to a question that was not asked."""
        for name in self._answers.keys() - self._asked:
            asked = ", ".join(sorted(self._asked))
            raise UsageError(f"{self._path}: nothing was asked as `{name}`.", f"Take it out; asked was: {asked}.")


def _read(path: Path) -> Mapping[str, str]:
    findings = Findings()
    try:
        parsed = parse(path.read_text(encoding="utf-8"), str(path), findings)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read as a file of answers.", "Name a YAML file with --answers.") from error
    if findings or parsed is None:
        raise findings.error()
    return {name: _word(value) for name, value in parsed[0].items()}


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
