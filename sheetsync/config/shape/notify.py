"""Settings of who is told what, where and when."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from sheetsync.config.shape.words import Settings, Text
from sheetsync.core.graph import Visibility

#: in place of names of sources
EVERYTHING = "everything"


def _everything_or_some(value: object) -> object:
    if value == EVERYTHING:
        return []
    if isinstance(value, list) and value:
        return value
    raise PydanticCustomError("sources_type", "everything or a list of sources")


class ChannelShape(Settings):
    """One place people read: a room, a mailbox, a program of yours."""

    url_env: Text = Field(
        description="Name of the environment variable that holds the channel's Apprise URL (slack://…, mailtos://…, "
        "jsons://…). The URL is a secret and has no place in a file.",
    )
    sources: Annotated[
        list[Text],
        BeforeValidator(_everything_or_some, json_schema_input_type=Literal["everything"] | list[str]),
    ] = Field(
        alias="for",
        description="Whose affairs are told: those in which one of these sources is the owner, to whoever reads its "
        "workbook, so no more than `readers_see` there allows; or everything.",
    )
    sees: Annotated[Visibility | None, Field(strict=False)] = Field(
        None,
        description="Of a channel that hears everything: full (values and links), fields (which campaign and field, "
        "and whose) or none (that there is something). Default fields: a room has more readers than one thinks.",
    )


class QuietHoursShape(Settings):
    """When nobody is to be disturbed; what is held back comes afterwards."""

    begins: Text = Field(alias="from", description='A time of day such as "19:00".')
    ends: Text = Field(alias="to", description='A time of day such as "07:00"; it may be on the next day.')
    time_zone: Text = Field(description="Where these are the times of day, e.g. Europe/Zurich.")
    let_through: Literal["nothing", "high"] = Field(
        "nothing", description="high: what is of high severity is told at once all the same. Default nothing."
    )


class DigestShape(Settings):
    """One message a day about what is open."""

    at: Text = Field(description='A time of day such as "08:30". Days on which nothing is open have none.')
    time_zone: Text | None = Field(None, description="Where this is the time. Default: as the quiet hours; else UTC.")


class NotifyShape(Settings):
    """Who is told of conflicts; nobody unless there is a channel."""

    channels: dict[str, ChannelShape] = Field({}, description="A name of yours: where to, and what.")
    quiet_hours: QuietHoursShape | None = Field(None, description="When nobody is to be disturbed. Default: never.")
    digest: DigestShape | None = Field(None, description="One message a day about what is open. Default: none.")
