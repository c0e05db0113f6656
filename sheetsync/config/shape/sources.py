"""Settings of the fields there are, and of the sheets and tables whose columns hold them."""

from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from sheetsync.config.shape.words import Settings, Text, Words, on_or_off
from sheetsync.core.fields import Kind
from sheetsync.core.graph import Mode, Visibility
from sheetsync.core.model import Entity

#: in `readers_see`, the sources not named there
EVERY_OTHER: Final = "default"


def _one_for_all(value: object) -> object:
    if not isinstance(value, str | dict):
        raise PydanticCustomError("visibility_type", "Input should be a word or a mapping")
    return {EVERY_OTHER: value} if isinstance(value, str) else value


_Seen = Annotated[Visibility, Field(strict=False)]
ReadersSee = Annotated[
    dict[str, _Seen], BeforeValidator(_one_for_all, json_schema_input_type=Visibility | dict[str, Visibility])
]


class FieldShape(Settings):
    """A field of the canonical model."""

    label: Text = Field(description="What people call it.")
    type: Kind = Field(description="How its cells are read, compared and written.")
    of: Annotated[Entity, Field(strict=False)] = Field(
        description="Whose field it is: a campaign's, or a placement's (a campaign in one channel and slot)."
    )
    vocabulary: Text | None = Field(
        None, description="For type choice, and list if its words are known: the section of `vocabularies` with them."
    )
    until: Text | None = Field(
        None,
        description="For type day: the field that says where a range ends which begins in this one. A cell that holds "
        "both (Nov 27-30) then says both.",
    )
    human_only: bool = Field(
        False, description="A person's word: compared where a handoff says so, never written, merged or inferred."
    )
    tagged: bool = Field(
        False,
        description="For urls whose utm values are what they are about, such as tracking_url. Of a page's address they "
        "do not count: somebody pasted them.",
    )
    case_sensitive: bool = Field(
        False, description="For codes in which a and A differ. Default no: people rarely mean the difference."
    )


def _all_or_like(schema: dict[str, Any]) -> None:
    """What a source must say it may also take over from another one."""
    schema["anyOf"] = [{"required": schema.pop("required")}, {"required": ["like"]}]


class SourceShape(Settings):
    """One tab of a spreadsheet (or one table in it), or a table of the system of record, and what its columns mean."""

    model_config = ConfigDict(json_schema_extra=_all_or_like)

    like: Text | None = Field(
        None,
        description="Another source: every setting not said here is as there. For a tab a month: title and tab_id are "
        "enough. The other source has no `like` itself.",
    )
    title: Text | None = Field(
        None,
        description="What people call it; by this name flags tell others who owns a value, so it is a role and holds "
        "nothing others may not read. Default: its name here.",
    )
    team: Text = Field(description="The team whose sheet it is.")
    spreadsheet: Text | None = Field(
        None, description="The spreadsheet's id or its whole address; an address with gid= names the tab as well."
    )
    tab_id: Annotated[int, Field(ge=0)] | None = Field(
        None, description="The number after gid= in the tab's address. Not its name: renaming a tab breaks nothing."
    )
    table: Text | None = Field(None, description="A table of the system of record, instead of spreadsheet and tab_id.")
    mode: Annotated[Mode, Field(strict=False)] = Field(
        Mode.OBSERVE,
        description="observe: nothing is written, the safe start. sidecar: one tab named sheetsync in their workbook. "
        "columns: that tab, and managed columns right of theirs. Sheets only.",
    )
    readers_see: ReadersSee = Field(
        {EVERY_OTHER: Visibility.FIELDS},
        description="What people who can open this workbook may learn of other teams' cells. full: their values. "
        "fields: only which fields differ and who owns them; the default, because so nothing is shown that nobody "
        "decided to show. none: only that something does not fit. One word for every other source, or a mapping: "
        f"source: its word, {EVERY_OTHER}: the word for those not named. Sheets only.",
    )
    writes: Annotated[
        Literal["off", "on"], BeforeValidator(on_or_off, json_schema_input_type=Literal["off", "on", False, True])
    ] = Field(
        "off",
        description="on: lines of the table that say otherwise than the owners follow them, in one transaction, with "
        "history and undo. off, the default: it is flagged like any sheet. Tables only.",
    )
    version: Text | None = Field(
        None,
        description="The column that changes with each change of a line, a number or a time. A line in which it has "
        "moved since it was read is not written. Needed with writes: on. Tables only.",
    )
    rows_are: Annotated[Entity, Field(strict=False)] = Field(
        description="What one row is: a campaign, or a placement (a campaign in one channel and slot)."
    )
    key: list[Text] = Field(
        description="Fields whose cells address a row inside this tab: unique, free of merged cells.",
        json_schema_extra={"minItems": 1},
    )
    match: list[list[Text]] = Field(
        description="How a row finds its campaign: the first list whose fields are all filled and that names exactly "
        "one campaign wins. Exact after folding; never by resemblance.",
        json_schema_extra={"minItems": 1},
    )
    columns: Words = Field(
        description="Field: the header as it stands in the sheet, or a list of spellings. Case, accents and line "
        'breaks do not count. Of several columns with one header, "Email > Status" is the one under the group Email, '
        "or right of the column Email. Columns not named here are left alone.",
        json_schema_extra={"minProperties": 1},
    )
    reads: dict[str, Text] = Field(
        {},
        description="Field: how its column is meant where the cells leave it open. day first or month first for 03/04, "
        "a currency (EUR) for amounts that name none. Default: what the other cells, the header and the workbook's "
        "locale say, else each is asked.",
    )
    struck_means: Text | None = Field(
        None,
        description="The word of its status (campaign_status or placement_status) that a row claims whose key cells "
        "are struck through. Default: a line through a row says nothing, because teams mean done and cancelled by it. "
        "Sheets only.",
    )
    generated: list[Text] = Field([], description="Fields sheetsync fills in for this team, each in a managed column.")
    publish: list[Text] = Field(
        [],
        description="Fields whose owners' words stand here in columns of ours, so that nobody has to type them. "
        "Whoever opens this workbook reads them, whatever readers_see says of the rest. Sheets only.",
    )
