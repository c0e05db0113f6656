"""The configuration's shape: every section and setting, its type, its default, and why the default is what it is.

The descriptions are what an editor shows while one types (`json_schema`). What the settings mean together is the
business of `meaning`.
"""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from sheetsync.core.graph import Contract, Limits, Mode, Severity, Visibility
from sheetsync.core.link_health import Manners
from sheetsync.core.model import Entity
from sheetsync.core.pace import Rhythm

_LIMITS: Final = Limits()
_RHYTHM: Final = Rhythm()
_MANNERS: Final = Manners()

_BARE_TERMS: Final = {
    "within": "{within: [flight_start, flight_end]}",
    "sum_at_most": "{sum_at_most: budget}",
    "one_of": "{one_of: [planned, live]}",
    "before": "{before: flight_start}",
    "after": "{after: flight_start}",
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

#: in `readers_see`, the sources not named there
EVERY_OTHER: Final = "default"

#: in the places of mistakes, which form of a contract was meant; no setting can have these names
WORD: Final = "<word>"
MAPPING: Final = "<mapping>"


def _one_or_many(value: object) -> object:
    if not isinstance(value, str | list):
        raise PydanticCustomError("spellings_type", "Input should be text or a list")
    return [value] if isinstance(value, str) else value


def _one_for_all(value: object) -> object:
    if not isinstance(value, str | dict):
        raise PydanticCustomError("visibility_type", "Input should be a word or a mapping")
    return {EVERY_OTHER: value} if isinstance(value, str) else value


def _all_or_some(value: object) -> object:
    if value != "all" and not isinstance(value, dict):
        raise PydanticCustomError("rows_type", "Input should be all or a mapping")
    return {} if value == "all" else value


def _no_bare_terms(value: object) -> object:
    if isinstance(value, str) and (example := _BARE_TERMS.get(value)):
        raise PydanticCustomError("bare_terms", "says nothing alone; write {example}", {"example": example})
    return value


def _known_version(value: int) -> int:
    if value != 1:
        raise PydanticCustomError("version", "must be 1; another one needs another sheetsync")
    return value


def _quoted_day(value: object) -> object:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _off(value: object) -> object:
    """To a reader of YAML 1.1 a bare off is false."""
    return "off" if value is False else value


Text = Annotated[str, Field(pattern=r"\S")]
Spellings = Annotated[list[Text], BeforeValidator(_one_or_many, json_schema_input_type=str | list[str])]
Words = dict[str, Spellings]
_Seen = Annotated[Visibility, Field(strict=False)]
RowsDue = Annotated[
    Words | None, BeforeValidator(_all_or_some, json_schema_input_type=Literal["all"] | dict[str, str | list[str]])
]
ReadersSee = Annotated[
    dict[str, _Seen], BeforeValidator(_one_for_all, json_schema_input_type=Visibility | dict[str, Visibility])
]


def _kind_of_terms(value: object) -> str:
    return MAPPING if isinstance(value, dict | BaseModel) else WORD


class _Settings(BaseModel):
    """Nothing unknown, and no conversions: a number where text is meant is a surprise, not a convenience."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class GoogleShape(_Settings):
    """How Google is reached. Only ever the path of a key, never the key."""

    credentials_env: Text | None = Field(
        None,
        description="Name of the environment variable that holds the path of a service account's key file. "
        "Default SHEETSYNC_CREDENTIALS, so that one configuration serves a laptop and a server.",
    )
    credentials_file: Text | None = Field(
        None,
        description="Path of a service account's key file, relative to this folder; instead of credentials_env.",
    )
    credentials: Literal["application_default"] | None = Field(
        None,
        description="application_default: whatever Google's libraries find on this machine, instead of a key file: the "
        "file GOOGLE_APPLICATION_CREDENTIALS names, a login with gcloud, or the identity of a workload.",
    )
    endpoint: Text | None = Field(
        None,
        description="Another host that speaks Google's protocol, e.g. http://127.0.0.1:8765. Loopback only, because "
        "credentials go there; the variable SHEETS_EMULATOR_HOST wins over it. Default: Google.",
    )
    timeout_seconds: float = Field(
        30, gt=0, le=180, description="One request may take this long. Google ends its own at 180 s."
    )
    retry_budget_seconds: float = Field(
        60, ge=0, le=3600, description="All attempts of one run together may wait this long; the next run goes on."
    )
    settle_seconds: Annotated[float, Field(ge=0, le=600)] | None = Field(
        None,
        description="A workbook that says something new is read again after so long, and a row that changed in between "
        "counts from the next run on: nobody wants a flag on a half-typed date. Default 10, about what one cell takes; "
        "0 in a sandbox; 0 counts everything at once.",
    )


class LedgerShape(_Settings):
    """sheetsync's own memory: baselines, history, journal, runs."""

    path: Text = Field(
        "state/ledger.db",
        description="An SQLite file, relative to this folder. The variable SHEETSYNC_LEDGER wins over it.",
    )


class RecordsShape(_Settings):
    """The system of record: the company's official table."""

    path: Text | None = Field(
        None,
        description="An SQLite file, relative to this folder; default state/records.db. The variable SHEETSYNC_RECORDS "
        "wins over it.",
    )
    url_env: Text | None = Field(
        None,
        description="Name of the environment variable that holds the SQLAlchemy URL of another database; instead of "
        "path. The URL itself holds a password and has no place in a file.",
    )


class GuardsShape(_Settings):
    """From where on a guard stops a source and asks a person."""

    shrunken_share: float = Field(
        _LIMITS.shrunken_share,
        ge=0,
        le=1,
        description="A source that lost more than this share of its rows, and more than shrunken_rows, is taken as "
        "last read until somebody says yes. 0.3: teams archive a few campaigns at a time, accidents take a block.",
    )
    shrunken_rows: int = Field(
        _LIMITS.shrunken_rows,
        ge=0,
        description="A loss of no more rows than this passes whatever its share. 5: small sheets change by halves.",
    )
    shrunken_hours: float = Field(
        _LIMITS.shrunken_within / timedelta(hours=1),
        gt=0,
        le=8760,
        description="Losses within this time are added up. 24: what is deleted row by row in one day is one accident. "
        "A loss that is slower passes, and stands in the history.",
    )
    changed_share: float = Field(
        _LIMITS.changed_share,
        ge=0,
        le=1,
        description="A source in which more than this share of the rows say something else than at the last run, and "
        "more than changed_rows, is taken as last read until somebody says yes. 0.5: what a column sorted alone looks "
        "like. Filled blanks do not count.",
    )
    changed_rows: int = Field(
        _LIMITS.changed_rows,
        ge=0,
        description="No more changed rows than this pass whatever their share. 10: what a person types in a while.",
    )


class DaemonShape(_Settings):
    """How often `sheetsync daemon` looks, how long a turn may take, and how much of Google's quota is ours."""

    interval_seconds: float = Field(
        _RHYTHM.interval,
        ge=1,
        le=3600,
        description="A turn after a change comes after so long. 30: people who edit often edit again, and an idle turn "
        "costs one request.",
    )
    slowest_seconds: float = Field(
        _RHYTHM.slowest,
        ge=1,
        le=86400,
        description="While nothing changes turns come more and more rarely, down to one in so long (never sooner "
        "than interval_seconds). 120: Drive tells people's edits about three minutes late anyway.",
    )
    sweep_minutes: float = Field(
        _RHYTHM.sweep / 60,
        gt=0,
        le=1440,
        description="Every workbook is read so often whatever Drive says, because Drive may be late or wrong. 10: then "
        "fifty workbooks take a tenth of the quota.",
    )
    deadline_seconds: float = Field(
        _RHYTHM.deadline,
        ge=10,
        le=3600,
        description="What a turn has not begun by then waits for the next one. 300: half a lease, so that nobody takes "
        "a slow turn for a dead one.",
    )
    quarantine_failures: int = Field(
        _RHYTHM.quarantine_after,
        ge=1,
        le=100,
        description="A workbook or table that failed so often in a row is asked more and more rarely; the rest goes "
        "on. 3: once is a hiccup, twice a coincidence.",
    )
    quarantine_minutes: float = Field(
        _RHYTHM.quarantine_longest / 60,
        gt=0,
        le=1440,
        description="But at least once in so long, and one success ends it. 60: who shares a sheet again should not "
        "have to tell us.",
    )
    reads_per_minute: Annotated[int, Field(ge=1, le=100_000)] | None = Field(
        None,
        description="Read requests per minute and account; more wait. Default 54 of the 60 that Google grants, so that "
        "a person's own tools have some left; a sandbox has no quota.",
    )
    writes_per_minute: Annotated[int, Field(ge=1, le=100_000)] | None = Field(
        None, description="The same for write requests, which Google counts apart. Default 54."
    )
    health_port: Annotated[int, Field(ge=0, le=65535)] = Field(
        8766, description="Port of http://127.0.0.1:PORT/healthz. 8766: the sandbox's plus one. 0: none."
    )


class FieldShape(_Settings):
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
    case_sensitive: bool = Field(
        False, description="For codes in which a and A differ. Default no: people rarely mean the difference."
    )


def _all_or_like(schema: dict[str, Any]) -> None:
    """What a source must say it may also take over from another one."""
    schema["anyOf"] = [{"required": schema.pop("required")}, {"required": ["like"]}]


class SourceShape(_Settings):
    """One tab of a spreadsheet, or one table of the system of record, and what its columns mean."""

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
    writes: Annotated[Literal["off"], BeforeValidator(_off, json_schema_input_type=Literal["off", False])] = Field(
        "off", description="Whether a table may be written. Only off: it is flagged like any sheet. Tables only."
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
    struck_means: Text | None = Field(
        None,
        description="The word of its status (campaign_status or placement_status) that a row claims whose key cells "
        "are struck through. Default: a line through a row says nothing, because teams mean done and cancelled by it. "
        "Sheets only.",
    )
    generated: list[Text] = Field([], description="Fields sheetsync fills in for this team, each in a managed column.")


class TermsShape(_Settings):
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


class HandoffShape(_Settings):
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


class ApprovalShape(_Settings):
    """Approvals that stand in a source, one in each row."""

    source: Text = Field(description="The source whose rows are approvals, each of its own row's record.")
    state: Text = Field(description="The field, a choice, that says whether it is granted.")
    granted: Spellings = Field(description="The words of it that mean yes.")
    covers: Spellings = Field(
        description="The fields approved. One that its owner changes afterwards makes the approval stale."
    )


class TrackingShape(_Settings):
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


class ChannelShape(_Settings):
    """A channel: one word of the vocabulary `channel`."""

    medium: Text = Field(description="The utm_medium the channel reports under.")


def _on_or_off(value: object) -> object:
    """To a reader of YAML 1.1 a bare on is true."""
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else value


class LinksShape(_Settings):
    """How `sheetsync links check` asks published addresses whether they answer; nobody is asked unless check is on."""

    check: Annotated[
        Literal["on", "off"], BeforeValidator(_on_or_off, json_schema_input_type=Literal["on", "off", True, False])
    ] = Field(
        "off",
        description="on: `sheetsync links check` may send requests to the hosts of your links. Default off, because it "
        "is the one thing sheetsync asks of anybody but Google and your own databases.",
    )
    timeout_seconds: float = Field(
        _MANNERS.timeout_seconds,
        gt=0,
        le=120,
        description="One address with all its redirects may take this long. 10: who waits longer has left the page.",
    )
    max_redirects: int = Field(
        _MANNERS.max_redirects, ge=0, le=20, description="Redirects followed. 5: three are usual, browsers take twenty."
    )
    max_bytes: int = Field(
        _MANNERS.max_bytes,
        ge=1,
        le=10_485_760,
        description="Bytes read for one address, redirects included; pages themselves are not read. 256 KiB: heads are "
        "seldom above 16.",
    )
    at_once: int = Field(
        _MANNERS.at_once, ge=1, le=32, description="Addresses asked at once. 4: nobody notices four visitors."
    )
    per_host_seconds: float = Field(
        _MANNERS.per_host_seconds,
        ge=0,
        le=60,
        description="Between two requests to one host at least so long. 1: what robots are asked for where nothing is "
        "said.",
    )
    cache_minutes: float = Field(
        _MANNERS.remembered / timedelta(minutes=1),
        ge=0,
        le=10_080,
        description="An address looked at so recently is not asked again, but with --fresh. 60: pages go live by the "
        "hour.",
    )
    user_agent: Text | None = Field(
        None,
        description="Whom the people of those hosts may write to about us, an address or a page; it stands in the "
        "User-Agent behind our name. Default: our name only.",
    )
    allow_addresses: list[Text] = Field(
        [],
        description="Networks (10.1.0.0/16) or addresses asked although they are not of the open internet. Default "
        "none, so that nobody's link or redirect leads us into your network. Cloud metadata is never asked, nor are "
        "names such as localhost or x.internal.",
    )
    allow_ports: list[Annotated[int, Field(ge=1, le=65535)]] = Field(
        [], description="Ports besides 80 and 443. Default none: nobody publishes a page on another one."
    )


class Shape(_Settings):
    """The whole document: every *.yaml file of the folder; each section stands in exactly one of them."""

    version: Annotated[int, AfterValidator(_known_version)] = Field(
        description="The version of this language: 1.", json_schema_extra={"const": 1}
    )
    google: GoogleShape = Field(GoogleShape.model_validate({}), description="How Google is reached.")
    season: Annotated[date, BeforeValidator(_quoted_day)] | None = Field(
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
    severities: dict[str, Annotated[Severity, Field(strict=False)]] = Field(
        {}, description="Field: how loud its flags are; medium where nothing is said. high stops a launch."
    )
    generated: dict[str, Text] = Field(
        {},
        description="Field: the template it is made by. {field} is its slug, {flight_start:%Y%m} a date's pattern, "
        "{number:04d} (campaign_id only) the next free number; by_channel and by_tracking look it up.",
    )
    tracking: TrackingShape | None = Field(None, description="What a tracking URL may look like.")
    channels: dict[str, ChannelShape] = Field({}, description="Each word of the vocabulary channel and its medium.")
    vocabularies: dict[str, Words] = Field(
        {}, description="The words a choice may hold: canonical word: its other spellings. Anything else is flagged."
    )
    headers: Words = Field(
        {},
        description="Field: what your teams call its column, beside the spellings that ship. Used to understand a "
        "table nobody has described yet; a source says its own headers under `columns`.",
    )
    links: LinksShape = Field(LinksShape.model_validate({}), description="How published links are looked at.")


SECTIONS: Final = tuple(Shape.model_fields)

#: what ships with sheetsync, in the language of the section `fields`
SHIPPED_MODEL: Final = Path(__file__).with_name("model.yaml")
#: what ships with sheetsync of header spellings: field, then language, then spellings
SHIPPED_HEADERS: Final = Path(__file__).with_name("headers.yaml")


def json_schema() -> dict[str, object]:
    """The JSON schema of one file: a section may stand in any file, so none is required in each."""
    schema: dict[str, object] = Shape.model_json_schema(by_alias=True)
    schema.pop("required", None)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "sheetsync configuration"}
    return {**head, **{name: value for name, value in schema.items() if name not in head}}
