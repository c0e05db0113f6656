"""The sections that say how sheetsync runs: Google, the two memories, the guards, the daemon."""

from datetime import timedelta
from typing import Annotated, Final, Literal

from pydantic import Field

from sheetsync.config.shape.typed import Settings, Text
from sheetsync.core.graph import Limits
from sheetsync.core.pace import Rhythm

_LIMITS: Final = Limits()
_RHYTHM: Final = Rhythm()


class GoogleShape(Settings):
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


class LedgerShape(Settings):
    """sheetsync's own memory: baselines, history, journal, runs."""

    path: Text = Field(
        "state/ledger.db",
        description="An SQLite file, relative to this folder. The variable SHEETSYNC_LEDGER wins over it.",
    )


class RecordsShape(Settings):
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


class GuardsShape(Settings):
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


class DaemonShape(Settings):
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
