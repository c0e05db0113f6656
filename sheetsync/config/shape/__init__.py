"""The configuration's shape: every section and setting, its type, its default, and why the default is what it is.

The descriptions are what an editor shows while one types (`json_schema`). What the settings mean together is the
business of `meaning`.
"""

from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from sheetsync.config.shape.decisions import DecisionsShape
from sheetsync.config.shape.freeze import FreezeShape
from sheetsync.config.shape.handoffs import (
    ApprovalShape,
    ExceptionShape,
    HandoffShape,
    Loudness,
    ReadyShape,
    TermsShape,
)
from sheetsync.config.shape.links import LinksShape
from sheetsync.config.shape.notify import NotifyShape
from sheetsync.config.shape.running import DaemonShape, GoogleShape, GuardsShape, LedgerShape, RecordsShape
from sheetsync.config.shape.sources import EVERY_OTHER, FieldShape, SourceShape
from sheetsync.config.shape.tracking import ChannelShape, Template, TemplateShape, TrackingShape, written_out
from sheetsync.config.shape.words import MAPPING, WORD, Day, Settings, Text, Words

__all__ = [
    "EVERY_OTHER",
    "MAPPING",
    "SECTIONS",
    "SHIPPED_HEADERS",
    "SHIPPED_MODEL",
    "WORD",
    "ApprovalShape",
    "ChannelShape",
    "DaemonShape",
    "DecisionsShape",
    "ExceptionShape",
    "FieldShape",
    "FreezeShape",
    "GoogleShape",
    "GuardsShape",
    "HandoffShape",
    "LedgerShape",
    "LinksShape",
    "NotifyShape",
    "ReadyShape",
    "RecordsShape",
    "Shape",
    "SourceShape",
    "TemplateShape",
    "TermsShape",
    "TrackingShape",
    "Words",
    "json_schema",
]


def _known_version(value: int) -> int:
    if value != 1:
        raise PydanticCustomError("version", "must be 1; another one needs another sheetsync")
    return value


class Shape(Settings):
    """The whole document: every *.yaml file of the folder; each section stands in exactly one of them."""

    version: Annotated[int, AfterValidator(_known_version)] = Field(
        description="The version of this language: 1.", json_schema_extra={"const": 1}
    )
    google: GoogleShape = Field(GoogleShape.model_validate({}), description="How Google is reached.")
    season: Day | None = Field(
        None,
        description="A date typed without its year takes the year that brings it nearest to this day. Without a season "
        "it is asked.",
    )
    ledger: LedgerShape = Field(LedgerShape.model_validate({}), description="sheetsync's own memory.")
    records: RecordsShape = Field(RecordsShape.model_validate({}), description="The system of record.")
    guards: GuardsShape = Field(
        GuardsShape.model_validate({}), description="From where on a plan is dangerous enough to ask a person first."
    )
    daemon: DaemonShape = Field(
        DaemonShape.model_validate({}), description="How `sheetsync daemon` goes about its work."
    )
    fields: dict[str, FieldShape] = Field({}, description="Fields of your own, beside those that ship.")
    sources: dict[str, SourceShape] = Field(
        description="The sheets and tables that take part, by a short name that the other sections use."
    )
    aliases: dict[str, Words] = Field(
        {}, description="Field: value: its other spellings. Exact after folding; nothing is matched by resemblance."
    )
    owners: dict[str, Text] = Field(
        {}, description="Field: the one source whose word counts. Without an owner a difference is asked, not decided."
    )
    handoffs: list[HandoffShape] = Field([], description="Who feeds whom, and what must hold for each field.")
    approvals: dict[str, ApprovalShape] = Field(
        {}, description="A name: whose approvals, and what they cover. What changed since they were granted is flagged."
    )
    groups: dict[str, list[Text]] = Field(
        {},
        description="A name: fields of one owner that make sense together only. They change together or not at all: a "
        "change here and another there are one conflict, never an offer nobody wrote.",
    )
    exceptions: list[ExceptionShape] = Field(
        [], description="What a contract does not demand of single records, each with its reason and its end."
    )
    freeze: list[FreezeShape] = Field(
        [], description="Which fields may not change by themselves shortly before launch, and whose yes it takes."
    )
    severities: dict[str, Loudness] = Field(
        {}, description="Field: how loud its flags are; medium where nothing is said. high stops a launch."
    )
    generated: dict[str, Template] = Field(
        {},
        description="Field: the template it is made by. {field} is its slug, {flight_start:%Y%m} a date's pattern, "
        "{number:04d} (campaign_id only) the next free number; by_channel and by_tracking look it up.",
    )
    tracking: TrackingShape | None = Field(None, description="What a tracking URL may look like.")
    channels: dict[str, ChannelShape] = Field({}, description="Each word of the vocabulary channel and its medium.")
    codes: dict[str, dict[str, Text]] = Field(
        {}, description="Field: word: its code in generated names, for {field:code}. No code stands for two words."
    )
    vocabularies: dict[str, Words] = Field(
        {}, description="The words a choice may hold: canonical word: its other spellings. Anything else is flagged."
    )
    headers: Words = Field(
        {},
        description="Field: what your teams call its column, beside the spellings that ship. Used to understand a "
        "table nobody has described yet; a source says its own headers under `columns`.",
    )
    decisions: DecisionsShape | None = Field(None, description="Where people decide, in sheets of their own.")
    links: LinksShape = Field(LinksShape.model_validate({}), description="How published links are looked at.")
    notify: NotifyShape = Field(
        NotifyShape.model_validate({}), description="Who is told of conflicts, where and when; nobody unless said."
    )

    @property
    def templates(self) -> dict[str, TemplateShape]:
        """What makes each generated field, written out."""
        return {name: written_out(template) for name, template in self.generated.items()}


SECTIONS: Final = tuple(Shape.model_fields)

#: what ships with sheetsync, in the language of the section `fields`
SHIPPED_MODEL: Final = Path(__file__).parent.with_name("model.yaml")
#: what ships with sheetsync of header spellings: field, then language, then spellings
SHIPPED_HEADERS: Final = Path(__file__).parent.with_name("headers.yaml")


def json_schema() -> dict[str, object]:
    """The JSON schema of one file: a section may stand in any file, so none is required in each."""
    schema: dict[str, object] = Shape.model_json_schema(by_alias=True)
    schema.pop("required", None)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "sheetsync configuration"}
    return {**head, **{name: value for name, value in schema.items() if name not in head}}
