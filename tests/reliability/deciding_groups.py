"""What is decided together, all or nothing, told by somebody who has read the configuration himself."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from tests.reliability.oracle import Broken

#: field -> how the tab calls it, and how the register does
_NAMES: Final = {"campaign_name": ("Campaign", "name"), "partner": ("Partner", "partner")}

Whole = tuple[str, ...]
"""What the fields of a group say together, folded, in the group's order."""


class Torn(Broken):
    """Of a group one field moved without the other: terms that nobody wrote."""


class Group:
    """The only group of the story."""

    def __init__(self, configuration: Path) -> None:
        [(name, fields)] = YAML(typ="safe").load(configuration)["groups"].items()
        self.begins = f"{name}: "
        self.fields: tuple[str, ...] = tuple(fields)
        self.labels = tuple(_NAMES[one][0] for one in fields)

    def labels_of(self, about: str) -> list[str]:
        """The fields that a line is about, by what it says under `About`."""
        return about.removeprefix(self.begins).split(" and ") if about.startswith(self.begins) else [about]

    def values(self, about: str, shown: str) -> list[str]:
        """What a side of a line says, field by field: several stand each behind its name."""
        labels = self.labels_of(about)
        if len(labels) < 2:
            return [shown]
        parts = shown.split("; ")
        return [text.removeprefix(f"{label} ") for label, text in zip(labels, parts, strict=False)]

    def custom(self, about: str, typed: str) -> str:
        """What somebody typed for all fields of a line, in their order: `Campaign = this; Partner = that`."""
        labels = self.labels_of(about)
        if len(labels) < 2:
            return typed
        said = {label.strip(): text.strip() for part in typed.split(";") for label, _, text in [part.partition("=")]}
        return " ".join(said.get(label, "") for label in labels)

    def registered(self, row: Mapping[str, Any]) -> Whole:
        """What a line of the register says of them."""
        return tuple(folded(row[_NAMES[name][1]]) for name in self.fields)


def folded(text: object) -> str:
    return " ".join(str(text).split()).casefold()


def completed(rows: Iterable[Whole], known: Iterable[Whole]) -> Iterator[Whole]:
    """What people wrote in one row; where one part is blank there it moves nothing, and stays what it was."""
    before = list(known)
    for row in rows:
        yield from (tuple(text or old[at] for at, text in enumerate(row)) for old in (before if "" in row else [row]))


def with_ruling(known: Iterable[Whole], fields: tuple[str, ...], holds: Mapping[str, str]) -> Iterator[Whole]:
    """What was decided together, over what an owner wrote of the rest."""
    for whole in known:
        yield tuple(folded(holds.get(name, text)) for name, text in zip(fields, whole, strict=True))
