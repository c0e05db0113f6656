"""The fields of the canonical model and the kinds of field a configuration may name."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from sheetsync.core.fields.choice import Checkbox, Choice
from sheetsync.core.fields.lists import List
from sheetsync.core.fields.text import Code, Name, NearMisses, Person, Text, Url, near_miss
from sheetsync.core.fields.types import FieldType
from sheetsync.core.fields.values import Amount, Day, Moment, Number, OfferType
from sheetsync.core.fields.versions import Version
from sheetsync.core.model import Claim, Entity, Problem, Value

__all__ = [
    "KINDS",
    "Amount",
    "Checkbox",
    "Choice",
    "Code",
    "Day",
    "Field",
    "FieldType",
    "Kind",
    "List",
    "Moment",
    "Name",
    "NearMisses",
    "Number",
    "OfferType",
    "Person",
    "Text",
    "Url",
    "Version",
    "field_type",
    "near_miss",
]


@dataclass(frozen=True)
class Field:
    """One field of the canonical model."""

    name: str
    label: str
    of: Entity
    type: FieldType
    #: never written, merged or inferred by a machine
    human_only: bool = False
    #: the field that says where a range ends which begins in this one: both may stand in one cell
    until: str = ""

    def said(self, claim: Claim) -> str:
        """What a cell says in canonical form, or in its own words where it was not understood."""
        if claim.parsed is None or isinstance(claim.parsed, Problem):
            return claim.raw.strip()
        return self.type.format(claim.parsed)

    def means(self, value: Value, words: Iterable[str]) -> bool:
        """Whether a value is one of these canonical words."""
        return any(self.type.agrees(value, self.type.read(word)) for word in words)


_SIMPLE: dict[str, Callable[[], FieldType]] = {
    kind.kind: kind for kind in (Text, Day, Moment, Amount, Number, OfferType, Url, Checkbox, Name, Person, Version)
}

Kind = Literal[
    "text",
    "code",
    "day",
    "moment",
    "money",
    "number",
    "offer",
    "url",
    "choice",
    "checkbox",
    "name",
    "person",
    "list",
    "version",
]
"""Every kind a configuration may name."""

KINDS: tuple[str, ...] = get_args(Kind)


def field_type(
    kind: str,
    vocabulary: Mapping[str, tuple[str, ...]] | None = None,
    case_sensitive: bool = False,
    tagged: bool = False,
) -> FieldType:
    """The field type of a kind; `vocabulary` belongs to "choice" and "list", `case_sensitive` to "code", `tagged` to
    "url".

    ValueError for an unknown kind (it names the known ones) and for a choice without a vocabulary.
    """
    if kind == "code":
        return Code(case_sensitive)
    if kind == "choice":
        if not vocabulary:
            raise ValueError("a field of kind 'choice' needs a vocabulary")
        return Choice(vocabulary)
    if kind == "list":
        return List(vocabulary or {})
    if kind == "url":
        return Url(tagged)
    if kind not in _SIMPLE:
        raise ValueError(f"unknown kind of field {kind!r}, known are: {', '.join(KINDS)}")
    return _SIMPLE[kind]()
