"""The only file that names concrete adapters: it puts them behind the engine's doors."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from sheetsync.adapters import google_probe
from sheetsync.adapters.google_sheets import GoogleSheets, sheet_link
from sheetsync.adapters.no_ledger import NoLedger
from sheetsync.adapters.retrying import RetryingSheets
from sheetsync.adapters.sql_leases import SqlLeases
from sheetsync.adapters.sql_ledger import SqlLedger
from sheetsync.adapters.sql_records import SqlRecords
from sheetsync.adapters.system_clock import SystemClock
from sheetsync.config import Config
from sheetsync.core.lookup import a1
from sheetsync.core.model import Place
from sheetsync.engine.world import World
from sheetsync.errors import ConfigError
from sheetsync.ports import Leases, Ledger, RequestCount, Sheets


def world(config: Config, dry_run: bool = False) -> World:
    """Everything a cycle needs. A dry run takes no lease and leaves no file behind."""
    # Google first: a missing key must not leave a ledger behind that looks like a run.
    google = sheets(config)
    clock = SystemClock()
    looks_only = dry_run and not config.ledger.exists()
    ledger: Ledger = NoLedger() if looks_only else SqlLedger(config.ledger)
    leases: Leases = _NoLeases() if dry_run else SqlLeases(config.ledger, clock)
    return World(google, SqlRecords(config.records_url), ledger, leases, clock)


def sheets(config: Config) -> Sheets:
    """Google, or whatever speaks its protocol at the configured endpoint, with retries in front."""
    google = config.google
    direct = GoogleSheets(_credentials(config), google.endpoint, google.timeout_seconds)
    return RetryingSheets(direct, SystemClock(), google.retry_budget_seconds)


def _credentials(config: Config) -> Path | None:
    """The key file; None for Application Default Credentials."""
    if config.google.credentials is None and not config.google.application_default:
        raise ConfigError(
            "no service-account key is configured.",
            "Set SHEETSYNC_CREDENTIALS to the path of a key file, or try `sheetsync demo`, which needs none.",
        )
    return config.google.credentials


def probe(
    config: Config, spreadsheet: str, second: Path | None, unshared: str | None, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Every belief about Google, checked in a scratch spreadsheet; `second` is another account's key file."""
    google, clock, count = config.google, SystemClock(), RequestCount()

    def wire(key_file: Path | None) -> google_probe.Wire:
        # Half of what Google lets one account do, so that a run beside it is not held up; a sandbox has no quota.
        pace = None if google.endpoint else 30
        return google_probe.Wire(
            key_file, google.endpoint, google.timeout_seconds, spreadsheet, clock, count, per_minute=pace
        )

    scratch = google_probe.Scratch(wire(_credentials(config)), wire(second) if second else None, unshared)
    findings, troubles = google_probe.probe(scratch, google_probe.BELIEFS, tell)
    return google_probe.document(spreadsheet, findings, troubles, count)


def past(config: Config) -> SqlLedger:
    """The ledger as the last run left it, for commands that only look. Raises when there has been no run."""
    return SqlLedger.open_existing(config.ledger)


def load_records(config: Config, table: str, csv: Path) -> None:
    """Fill one table of the embedded system of record from a CSV file."""
    SqlRecords(config.records_url).load_csv(csv, table)


def link(config: Config, place: Place) -> str:
    """A URL that opens a place, without asking anybody for it."""
    return sheet_link(config.google.endpoint, place.spreadsheet, place.tab_id, a1(place.row, place.column))


def wait(seconds: float) -> None:
    """Do nothing for a while."""
    SystemClock().sleep(seconds)


class _NoLeases:
    """A dry run disturbs nobody, so it excludes nobody."""

    def hold(self, name: str) -> AbstractContextManager[None]:  # noqa: ARG002
        return nullcontext()

    def renew(self, name: str) -> None:
        """Nothing is held."""
