"""Settings of what is generated: templates, links, channels."""

from typing import Annotated, Final, Literal

from pydantic import Discriminator, Field, Tag

from sheetsync.config.shape.words import MAPPING, WORD, Day, Settings, Spellings, Text, Words, form

#: shorthands people write for the campaign's first day
SHORTHANDS: Final = {"{yyyymm}": "{flight_start:%Y%m}", "{yyyymmdd}": "{flight_start:%Y%m%d}"}


class TemplateShape(Settings):
    """How a generated value is made."""

    template: Text = Field(
        description="Fields in braces. {field} is its slug, {flight_start:%Y%m} a date's pattern, {channel:code} its "
        "word's code from `codes`, {creative:raw} as it is written, {partner:.12} at most 12 characters of the slug, "
        "{campaign_id:upper} in capitals; {yyyymm} and {yyyymmdd} are the campaign's first day; {number:04d} "
        "(campaign_id only) the next free number. by_channel and by_tracking look it up."
    )
    case: Literal["lower", "upper", "as typed"] = Field(
        "lower",
        description="Of the slugs in it. lower, the default: reports tell Email from email. upper. as typed: as the "
        "words are written. A code and a raw part stay as they are.",
    )
    separator: Literal["-", "_", "."] = Field(
        "_",
        description="What parts the parts: no part holds it, so that a name can be taken apart again. The words within "
        "a part are joined by -, or by _ where - parts the parts.",
    )
    max_length: Annotated[int, Field(ge=0, le=2048)] = Field(
        0, description="What is longer is withheld: a name that was cut may be another one's. 0: any length."
    )


Template = Annotated[
    Annotated[Text, Tag(WORD)] | Annotated[TemplateShape, Tag(MAPPING)],
    Discriminator(form),
]


def written_out(template: str | TemplateShape) -> TemplateShape:
    """A template as a mapping, also where only its text was given, without shorthands."""
    shape = TemplateShape.model_validate({"template": template}) if isinstance(template, str) else template
    text = shape.template
    for short, meant in SHORTHANDS.items():
        text = text.replace(short, meant)
    return shape if text == shape.template else shape.model_copy(update={"template": text})


class CaseShape(Settings):
    """One way to fulfil a rule: everything that is said holds."""

    listed: Text | None = Field(None, description="The source is listed as of this kind.")
    source: Text | None = Field(None, description="A regular expression for the whole utm_source; case never counts.")
    medium: Text | None = Field(None, description="The same for utm_medium.")
    campaign: Text | None = Field(None, description="The same for utm_campaign.")


class ChannelRuleShape(Settings):
    """A default channel group of GA4."""

    group: Text = Field(description="What GA4 calls it.")
    cases: list[CaseShape] = Field(description="Any of them will do.", json_schema_extra={"minItems": 1})


class Ga4Shape(Settings):
    """What ships of GA4's default channel groups; also the shape of the file it ships in."""

    dated: Day | None = Field(None, description="As of when the rules or sources given here are so; for people.")
    sources: Words = Field({}, description="Kind of source: the utm_source values that are listed as it.")
    rules: list[ChannelRuleShape] = Field([], description="In order: the first that holds wins.")


class Ga4OverrideShape(Settings):
    """What your Google Analytics property does otherwise than the rules that ship."""

    dated: Day | None = Field(None, description="As of when this is so; for people, and told where a group is told.")
    sources: dict[str, Text] = Field(
        {},
        description="A utm_source: the kind GA4 takes it for (search, shopping, social, video), or none. Beside the "
        "list that ships, which is a part of Google's.",
    )
    rules: list[ChannelRuleShape] | None = Field(
        None, description="The channel groups in order, instead of those that ship: for custom channel groups."
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
    ga4: Ga4OverrideShape = Field(
        Ga4OverrideShape.model_validate({}),
        description="Where GA4 puts a link: what differs from the rules and lists that ship.",
    )
    hosts_of: dict[str, dict[str, Spellings]] = Field(
        {},
        description="Field of a campaign (partner, region): its word: the hosts its pages stand on. A page on the host "
        "of another word is flagged and no link is made to it.",
    )


class ChannelShape(Settings):
    """A channel: one word of the vocabulary `channel`."""

    medium: Text = Field(description="The utm_medium the channel reports under.")
    tagged_by: Text | None = Field(
        None,
        description="Who puts the utm values on this channel's links, where that is not us (the email platform, the ad "
        "server). Its links are then the bare page: two taggers fight, and one of them is wrong.",
    )
    macros: list[Text] | None = Field(
        None,
        description="The systems whose macros may stand in this channel's links: campaign_manager, ad_manager, "
        "value_track, template, liquid, dollar, bracket, colon. Others are flagged; all may where nothing is said.",
    )
    placed_on: Spellings = Field(
        [],
        description="The hosts on whose pages this channel's placements stand. A tagged link from such a page to its "
        "own site overwrites the visit's source, so none is made.",
    )
