"""Settings of what must hold between sources: contracts, exceptions, readiness, approvals."""

from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from sheetsync.config.shape.words import MAPPING, WORD, Day, RowsDue, Settings, Spellings, Text, Words, form
from sheetsync.core.terms import Contract, Severity

_BARE_TERMS: Final = {
    "within": "{within: [flight_start, flight_end]}",
    "sum_at_most": "{sum_at_most: budget}",
    "one_of": "{one_of: [planned, live]}",
    "before": "{before: flight_start}",
    "after": "{after: flight_start}",
    "varies_by": "{varies_by: channel}",
}

Loudness = Annotated[Severity, Field(strict=False)]


def _no_bare_terms(value: object) -> object:
    if isinstance(value, str) and (example := _BARE_TERMS.get(value)):
        raise PydanticCustomError("bare_terms", "says nothing alone; write {example}", {"example": example})
    return value


def _number_as_text(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


class TermsShape(Settings):
    """A contract with more than a word: exactly one of the first eight, and what is to be said beside it."""

    equal: Literal[True] | None = Field(None, description="The owner's value, in any spelling.")
    generated: Literal[True] | None = Field(None, description="What sheetsync makes of its inputs.")
    human_only: Literal[True] | None = Field(None, description="A person's word on each side, never compared.")

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
    varies_by: Literal["channel"] | None = Field(
        None,
        description="May differ per channel: so each row says it, and no channel's value is another's, copied.",
    )
    every: list[Text] = Field(
        [], description="With varies_by: channels that each campaign with a row in the receiver must have rows for."
    )
    copies: Literal["allowed", "told"] = Field(
        "told", description="With varies_by. allowed: the same value in two channels is nobody's mistake."
    )
    tolerance: Annotated[Text | None, BeforeValidator(_number_as_text)] = Field(
        None,
        description="How far apart is still fine: 5 or 1% for amounts and numbers, 2 days or 30 minutes for days and "
        "times. With equal, within, sum_at_most, before, after.",
    )
    severity: Loudness | None = Field(None, description="How loud what breaks it is. Default: as the handoff.")
    when: Words = Field(
        {}, description="Field: words. The contract holds only where the owner's word on the field is one of them."
    )


Terms = Annotated[
    Annotated[Contract, Field(strict=False), BeforeValidator(_no_bare_terms), Tag(WORD)]
    | Annotated[TermsShape, Tag(MAPPING)],
    Discriminator(form),
]


class ReadyShape(Settings):
    """What must hold for a campaign or placement before a handoff may be taken; all of it."""

    agree: list[Text] = Field([], description="Fields that every source says alike, and that their owner says.")
    filled: list[Text] = Field([], description="Fields on which their owner says something that can be read.")
    says: Words = Field({}, alias="is", description="Field: words. Its owner says one of them.")
    production: list[Text] = Field([], description="Addresses that a link may be made from: https, a listed host.")
    approved: list[Text] = Field([], description="Approvals that are granted and not stale.")


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
    severity: Loudness | None = Field(
        None, description="How loud what breaks any contract here is. Default: as `severities` says of the field."
    )
    describe: dict[str, Text] = Field(
        {}, description="Field: what its contract is for, in your own words: what people read when it is broken."
    )
    ready_when: ReadyShape | None = Field(
        None,
        description="What must hold before this may be taken. Default: the giver's words that cross it can be read.",
    )
    taken_when: Words = Field(
        {},
        description="Field: words of the receiver's own row by which it has begun to build on this. Default: its row "
        "carries one of the values that cross.",
    )
    done_when: Words = Field({}, description="Field: words of the receiver's own row by which its part is done.")


class ExceptionShape(Settings):
    """What one contract does not demand of single records, for a reason, and until a day."""

    contract: Text = Field(description="As flags name it: briefs->media.placement_start.")
    records: Spellings = Field(description="Campaigns (NL-1006) or placements (NL-1006 / paid_social / teaser).")
    reason: Text = Field(description="Why this is right all the same; people read it beside the contract.")
    until: Day = Field(description="The last day it holds. An exception without an end is another contract.")


class ApprovalShape(Settings):
    """Approvals that stand in a source, one in each row."""

    source: Text = Field(description="The source whose rows are approvals, each of its own row's record.")
    state: Text = Field(description="The field, a choice, that says whether it is granted.")
    granted: Spellings = Field(description="The words of it that mean yes.")
    covers: Spellings = Field(
        description="The fields approved. One that its owner changes afterwards makes the approval stale."
    )
    who: Text | None = Field(None, description="The field of the approving row that says who gave it.")
    when: Text | None = Field(None, description="The field of the approving row that says on which day.")
    approvers: list[Text] = Field(
        [],
        description="E-mail addresses of those who may give it. It counts as attested where the approving cell is "
        "protected, and only these and the sheet's owner may edit it.",
    )
    claims: dict[str, Text] = Field(
        {}, description="Another source: its field that repeats this approval. What contradicts the approver is told."
    )
