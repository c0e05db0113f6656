"""What the checks of meaning look at: the document in its shape, every field there is, and where problems go."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from pydantic import TypeAdapter

from sheetsync.config.document import parse
from sheetsync.config.findings import Findings, Where
from sheetsync.config.shape import SHIPPED_MODEL, FieldShape, Shape

_FIELDS: Final = TypeAdapter(dict[str, FieldShape])


@dataclass(frozen=True, slots=True)
class Scope:
    """One document under examination."""

    shape: Shape
    #: shipped and own
    fields: Mapping[str, FieldShape]
    findings: Findings

    @classmethod
    def of(cls, shape: Shape, findings: Findings) -> "Scope":
        return cls(shape, {**shipped_fields(), **shape.fields}, findings)

    def knows_field(self, where: Where, name: str) -> bool:
        """Whether there is such a field; reports it otherwise, unless the section `fields` itself is in doubt."""
        return self._knows(where, name, "field", ("fields",), self.fields)

    def knows_source(self, where: Where, name: str, *also: str) -> bool:
        """Whether there is such a source; reports it otherwise, unless it may be one that was not understood.

        `also`: other words that may stand there, and may have been meant.
        """
        return self._knows(where, name, "source", ("sources",), {*self.shape.sources, *also})

    def knows_vocabulary(self, where: Where, name: str) -> bool:
        """Whether there is such a vocabulary; reports it otherwise."""
        return self._knows(where, name, "vocabulary", ("vocabularies",), self.shape.vocabularies)

    def _knows(self, where: Where, name: str, kind: str, section: Where, known: Collection[str]) -> bool:
        if name in known:
            return True
        if self.findings.doubtful((*section, name)):
            self.findings.doubt(where)
        else:
            self.findings.report_unknown(where, name, kind, known)
        return False


@cache
def shipped_fields() -> Mapping[str, FieldShape]:
    """The canonical model that ships with sheetsync."""
    parsed = parse(SHIPPED_MODEL.read_text(encoding="utf-8"), SHIPPED_MODEL.name, Findings())
    return _FIELDS.validate_python(parsed[0]["fields"] if parsed else None)
