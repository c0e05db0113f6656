"""The sections that say what must hold: handoffs and their contracts, approvals, tracking URLs."""

from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from sheetsync.config.shape.typed import RowsDue, Settings, Spellings, Text, Words
from sheetsync.core.graph import Contract

_BARE_TERMS: Final = {
    "within": "{within: [flight_start, flight_end]}",
    "sum_at_most": "{sum_at_most: budget}",
    "one_of": "{one_of: [planned, live]}",
    "before": "{before: flight_start}",
    "after": "{after: flight_start}",
}

#: in the places of mistakes, which form of a contract was meant; no setting can have these names
WORD: Final = "<word>"
MAPPING: Final = "<mapping>"


def _no_bare_terms(value: object) -> object:
    if isinstance(value, str) and (example := _BARE_TERMS.get(value)):
        raise PydanticCustomError("bare_terms", "says nothing alone; write {example}", {"example": example})
    return value


def _kind_of_terms(value: object) -> str:
    return MAPPING if isinstance(value, dict | BaseModel) else WORD


class TermsShape(Settings):
    """A contract that holds a receiver's field to the owner's word on another one: exactly one of these, and `when`."""

    within: list[Text] | None = Field(
        None,
        description="[first, last]: a day or moment not before the owner's first, not after the owner's last.",
        json_schema_extra={"minItems": 2, "maxItems": 2},
    )
    sum_at_most: Text | None = Field(
        None, description="The amounts of all rows of one campaign together are not more than the owner's amount."
    )
    one_of: Spellings | None = Field(None, description="One of these words of the field's vocabulary.")
    before: Text | None = Field(None, description="A day or moment not later than the owner's.")
    after: Text | None = Field(None, description="A day or moment not earlier than the owner's.")
    when: Words = Field(
        {}, description="Field: words. The contract holds only where the owner's word on the field is one of them."
    )


Terms = Annotated[
    Annotated[Contract, Field(strict=False), BeforeValidator(_no_bare_terms), Tag(WORD)]
    | Annotated[TermsShape, Tag(MAPPING)],
    Discriminator(_kind_of_terms),
]


class HandoffShape(Settings):
    """One edge of the graph: one source feeds another, or several others in the same way."""

    giver: Text = Field(alias="from", description="The source that hands over.")
    receivers: Spellings = Field(
        alias="to", description="The source that takes, or a list: the same handoff to each of them."
    )
    rows: RowsDue = Field(
        None,
        description="Which of the giver's rows must stand in the receiver (of several: in one of them). all, or field: "
        "words, for those on which the owner says one of the words. Default: none has to.",
    )
    contracts: dict[str, Terms] = Field(
        {},
        description="Field: what the receiver's copy must be. equal: the same value in any spelling. generated: what "
        "sheetsync makes of its inputs. human_only: a person's word on each side, remembered, not compared. Or what "
        "the owner's word on another field demands: {within: [flight_start, flight_end]}.",
    )


class ApprovalShape(Settings):
    """Approvals that stand in a source, one in each row."""

    source: Text = Field(description="The source whose rows are approvals, each of its own row's record.")
    state: Text = Field(description="The field, a choice, that says whether it is granted.")
    granted: Spellings = Field(description="The words of it that mean yes.")
    covers: Spellings = Field(
        description="The fields approved. One that its owner changes afterwards makes the approval stale."
    )


class TrackingShape(Settings):
    """What a tracking URL may look like."""

    parameters: list[Text] = Field(description="The utm_ parameters in the order they stand in the link.")
    hosts: list[Text] = Field(
        description='Production hosts a link may point to; "*." takes any subdomain. Links to others are withheld.',
        json_schema_extra={"minItems": 1},
    )
    max_length: int = Field(
        2048, gt=0, description="Longer links are withheld: ad servers and mail clients cut them off."
    )
    staging_marks: list[Text] | None = Field(
        None, description="Parts of a host name that betray a test host, instead of the list that ships."
    )
    short_hosts: list[Text] | None = Field(
        None, description="Hosts of link shorteners, which may lose tags, instead of the list that ships."
    )
    click_ids: list[Text] | None = Field(
        None, description="Parameters platforms append per click (removed from links), instead of the list that ships."
    )


class ChannelShape(Settings):
    """A channel: one word of the vocabulary `channel`."""

    medium: Text = Field(description="The utm_medium the channel reports under.")
