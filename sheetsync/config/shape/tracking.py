"""Settings of what is generated: templates, links, channels."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from sheetsync.config.shape.words import MAPPING, WORD, Settings, Text, form


class TemplateShape(Settings):
    """How a generated value is made."""

    template: Text = Field(
        description="Fields in braces. {field} is its slug, {flight_start:%Y%m} a date's pattern, {channel:code} its "
        "word's code from `codes`, {creative:raw} as it is written, {partner:.12} at most 12 characters of the slug; "
        "{number:04d} (campaign_id only) the next free number. by_channel and by_tracking look it up."
    )
    case: Literal["lower", "upper", "as typed"] = Field(
        "lower", description="lower, the default: reports tell Email from email. upper. as typed: as the parts are."
    )
    separator: Literal["-", "_", "."] = Field(
        "-", description="Between the words of one part. -, the default, so that _ can part the parts."
    )
    max_length: Annotated[int, Field(ge=0, le=2048)] = Field(
        0, description="What is longer is withheld: a name that was cut may be another one's. 0: any length."
    )


Template = Annotated[
    Annotated[Text, Tag(WORD)] | Annotated[TemplateShape, Tag(MAPPING)],
    Discriminator(form),
]


def written_out(template: str | TemplateShape) -> TemplateShape:
    """A template as a mapping, also where only its text was given."""
    return TemplateShape.model_validate({"template": template}) if isinstance(template, str) else template


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
    tagged_by: Text | None = Field(
        None,
        description="Who puts the utm values on this channel's links, where that is not us (the email platform, the ad "
        "server). Its links are then the bare page: two taggers fight, and one of them is wrong.",
    )
