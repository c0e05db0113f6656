"""The only file that names concrete adapters: it puts them behind the engine's doors."""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheetsync.adapters import google_probe
from sheetsync.adapters.attentive_clock import AttentiveClock
from sheetsync.adapters.drive_changes import DriveChanges
from sheetsync.adapters.drive_owners import DriveOwners
from sheetsync.adapters.google_cells import FIELDS, workbook
from sheetsync.adapters.google_doctor import Asked, GoogleDoctor
from sheetsync.adapters.google_sheets import GoogleSheets, sheet_link
from sheetsync.adapters.installation import installation
from sheetsync.adapters.link_checker import LinkChecker
from sheetsync.adapters.no_ledger import NoLedger
from sheetsync.adapters.notify import AppriseNotifier
from sheetsync.adapters.quota import WithinQuota, budget_of
from sheetsync.adapters.retrying import RetryingSheets
from sheetsync.adapters.seen_sheets import SeenSheets
from sheetsync.adapters.sql_doctor import examine_ledger
from sheetsync.adapters.sql_leases import SqlLeases
from sheetsync.adapters.sql_leases import operator as operator
from sheetsync.adapters.sql_leases import user as user
from sheetsync.adapters.sql_ledger import SqlLedger
from sheetsync.adapters.sql_links import SqlLinks
from sheetsync.adapters.sql_news import FiledNews
from sheetsync.adapters.sql_notices import SqlNotices
from sheetsync.adapters.sql_records import SqlRecords
from sheetsync.adapters.system_clock import SystemClock
from sheetsync.adapters.telling_sheets import TellingSheets
from sheetsync.config import Config
from sheetsync.core.changes import Batch
from sheetsync.core.checkup import Finding, warning, well
from sheetsync.core.graph import Mode, Source, Table
from sheetsync.core.link_health import Manners
from sheetsync.core.lookup import a1
from sheetsync.core.model import Place, Workbook
from sheetsync.engine.checkup import Check, look_at, look_at_decisions
from sheetsync.engine.world import RUN, World
from sheetsync.errors import ConfigError, UsageError
from sheetsync.ports import Clock, Leases, Ledger, Records, RequestCount, Sheets
from sheetsync.ports.watching import Attentive, Chance

if TYPE_CHECKING:
    from sheetsync.engine.asking import Desk
    from sheetsync.engine.checking_links import Rounds
    from sheetsync.engine.daemon import Daemon
    from sheetsync.engine.notifying import Courier

#: requests of a kind per minute: Google grants 60, and a person's own tools as the same account shall have some left
GRANTED = 54

#: a number by chance
chance: Chance = random.SystemRandom().random


def world(config: Config, dry_run: bool = False, tell: Callable[[str], None] | None = None) -> World:
    """Everything a cycle needs; `tell` hears what it is about. A dry run takes no lease and leaves no file behind."""
    # Google first: a missing key must not leave a ledger behind that looks like a run.
    google = sheets(config)
    if tell is not None:
        google = TellingSheets(google, tell, _titles(config))
    clock = SystemClock()
    looks_only = dry_run and not config.ledger.exists()
    ledger: Ledger = NoLedger() if looks_only else SqlLedger(config.ledger)
    leases: Leases = _NoLeases() if dry_run else SqlLeases(config.ledger, clock)
    return World(
        google,
        SqlRecords(config.records_url),
        ledger,
        leases,
        clock,
        words=lambda: config.headers,
        tell=tell or (lambda _: None),
        owners=_owners(config, google.count),
        notify=config.notify,
        outbox=SqlNotices(config.ledger) if config.notify.channels and not dry_run else None,
    )


def _owners(config: Config, count: RequestCount) -> DriveOwners:
    return DriveOwners(_credentials(config), config.google.endpoint, config.google.timeout_seconds, count)


def sheets(config: Config) -> Sheets:
    """Google, or whatever speaks its protocol at the configured endpoint, with retries in front."""
    return _patient(config, _google(config), SystemClock())


def _google(config: Config) -> GoogleSheets:
    return GoogleSheets(_credentials(config), config.google.endpoint, config.google.timeout_seconds)


def _patient(config: Config, direct: GoogleSheets, clock: Clock) -> Sheets:
    """Google within its quota, tried again while that may help, for one run or turn."""
    return RetryingSheets(_within_quota(config, direct, clock), clock, config.google.retry_budget_seconds)


def _within_quota(config: Config, direct: GoogleSheets, clock: Clock) -> Sheets:
    reads, writes = config.daemon.reads_per_minute, config.daemon.writes_per_minute
    if config.google.endpoint and reads is None and writes is None:  # a sandbox has no quota
        return direct
    return WithinQuota(direct, budget_of(direct.account, reads or GRANTED, writes or GRANTED), clock)


def listening() -> AttentiveClock:
    """The clock of a program that runs until a signal ends it."""
    return AttentiveClock()


def daemon(config: Config, clock: Attentive, tell: Callable[[str], None]) -> "Daemon":
    """A daemon for a configuration; no request is made yet. Raises `ConfigError` when there is no usable key."""
    # Imported here: it brings the whole pipeline along, and who only looks does not need that.
    from sheetsync.engine.daemon import Daemon, Doors

    google, direct, table = config.google, _google(config), SqlRecords(config.records_url)
    changes = DriveChanges(_credentials(config), google.endpoint, google.timeout_seconds, direct.count)

    @contextmanager
    def cycle(sheets: Sheets, records: Records, dry_run: bool) -> Iterator[World]:
        # Opened anew for each cycle: between two of them people may move or restore the file.
        with _ledger(config, dry_run) as ledger, _leases(config, dry_run, clock) as leases:
            owners = _owners(config, direct.count)
            made = World(sheets, records, ledger, leases, clock, lambda: config.headers, owners=owners)
            if dry_run or not config.notify.channels:
                yield made
            else:
                with closing(SqlNotices(config.ledger)) as outbox:
                    yield replace(made, notify=config.notify, outbox=outbox)

    doors = Doors(
        sheets=lambda: _patient(config, direct, clock),
        records=table,
        fingerprints=table,
        changes=changes,
        world=cycle,
        clock=clock,
        count=direct.count,
        tell=tell,
        filed=FiledNews(config.ledger),
    )
    return Daemon(doors, config.rules, config.daemon.rhythm, google.settle_seconds)


def _ledger(config: Config, dry_run: bool) -> AbstractContextManager[Ledger]:
    if dry_run and not config.ledger.exists():
        return nullcontext(NoLedger())
    return closing(SqlLedger(config.ledger))


def _leases(config: Config, dry_run: bool, clock: Clock) -> AbstractContextManager[Leases]:
    return nullcontext(_NoLeases()) if dry_run else closing(SqlLeases(config.ledger, clock))


def _titles(config: Config) -> dict[str, str]:
    """What people call the sources of each spreadsheet, by its id."""
    rules = config.rules
    return {book: " and ".join(rules.titles_of(book)) for book in rules.workbooks}


def _credentials(config: Config) -> Path | None:
    """The key file; None for Application Default Credentials."""
    if config.google.credentials is None and not config.google.application_default:
        raise ConfigError(
            "no service-account key is configured.",
            "Set SHEETSYNC_CREDENTIALS to the path of a key file, or try `sheetsync demo`, which needs none.",
        )
    return config.google.credentials


def probe(
    config: Config,
    spreadsheet: str,
    second: Path | None,
    unshared: str | None,
    sandbox: bool,
    tell: Callable[[str], None],
) -> dict[str, Any]:
    """Every belief about Google, checked in a scratch spreadsheet; `second` is another account's key file.

    With `sandbox` also those that only the sandbox rests on, in files of their own in Drive.
    """
    google, clock, count = config.google, SystemClock(), RequestCount()

    def wire(key_file: Path | None) -> google_probe.Wire:
        # Half of what Google lets one account do, so that a run beside it is not held up; a sandbox has no quota.
        pace = None if google.endpoint else 30
        return google_probe.Wire(
            key_file, google.endpoint, google.timeout_seconds, spreadsheet, clock, count, per_minute=pace
        )

    scratch = google_probe.Scratch(wire(_credentials(config)), wire(second) if second else None, unshared, sandbox)
    beliefs = (*google_probe.BELIEFS, *google_probe.ASSUMED) if sandbox else google_probe.BELIEFS
    findings, troubles = google_probe.probe(scratch, beliefs, tell)
    return google_probe.document(spreadsheet, findings, troubles, count)


def installed() -> Check:
    """The Python and the packages we run on; needs no configuration."""
    return Check("installation", installation)


def checks(config: Config) -> Iterator[Check]:
    """Everything a first run could fail at, in the order in which one meets it; nothing is written anywhere."""
    rules, google, clock = config.rules, config.google, SystemClock()
    doctor = GoogleDoctor(google.endpoint, google.timeout_seconds, clock)
    yield installed()
    yield (key := Check("credentials", lambda: _key_found(config, doctor)))
    yield (network := Check("network", doctor.network))
    yield (token := Check("access token", doctor.token, (key, network)))
    yield (api := Check("Sheets API", doctor.sheets_api, (token,)))
    yield (drive := Check("Drive API", doctor.drive_api, (token,)))
    reader = cache(lambda: sheets(config))
    for spreadsheet in rules.workbooks:
        yield from _workbook_checks(config, doctor, reader, spreadsheet, (api, drive))
    for source in rules.sources.values():
        if isinstance(source.location, Table):
            name = source.location.name
            yield (seen := Check(f"table ({source.name})", partial(_look_at_table, config, source, name)))
            if source.writes:
                yield Check(f"table rights ({source.name})", partial(_may_change, config, source, name), (seen,))
    yield Check("ledger", lambda: examine_ledger(config.ledger, clock, RUN))
    for channel in config.notify.channels:
        yield Check(f"notifications ({channel.name})", partial(_may_tell, config, channel.name))
    yield Check("quota", lambda: doctor.quota(len(rules.workbooks), reader().count), (api,))


def _workbook_checks(
    config: Config, doctor: GoogleDoctor, reader: Callable[[], Sheets], spreadsheet: str, apis: tuple[Check, Check]
) -> Iterator[Check]:
    """One spreadsheet: there, ours to edit where we must; and each of its sources, read once for all of them."""
    rules, sources = config.rules, config.rules.tabs_of(spreadsheet)
    api, drive = apis
    asked = Asked(
        spreadsheet,
        " and ".join(map(repr, rules.titles_of(spreadsheet))),
        rules.decided_in(spreadsheet) or any(source.mode is not Mode.OBSERVE for source in sources),
        config.place(*(("sources", sources[0].name) if sources else ("decisions",)), "spreadsheet"),
        sheet_link(config.google.endpoint, spreadsheet, None),
    )
    names = ", ".join(rules.told_as(spreadsheet))
    yield (there := Check(f"spreadsheet ({names})", lambda: doctor.spreadsheet(asked), (api,)))
    yield Check(f"rights ({names})", lambda: doctor.rights(asked), (there, drive))
    book = cache(lambda: reader().read(spreadsheet))
    for source in sources:
        yield Check(f"tab ({source.name})", partial(_look_at_tab, config, source, book), (there,))
    if rules.decided_in(spreadsheet):
        yield Check(f"decisions tab ({names})", lambda: look_at_decisions(book()), (there,))


def _key_found(config: Config, doctor: GoogleDoctor) -> Iterator[Finding]:
    """The account, or a failure that also says which setting leads to it."""
    settings = (("google", name) for name in ("credentials", "credentials_file", "credentials_env"))
    named = next((config.place(*where) for where in settings if where in config.marks), "")
    try:
        yield from doctor.credentials(_credentials(config))
    except ConfigError as error:
        leads = f" Here {named} counts." if named else ""
        raise ConfigError(str(error.args[0]), f"{error.remedy}{leads}") from error


def _may_tell(config: Config, channel: str) -> Iterator[Finding]:
    """Whether a channel's URL is there and understood; nobody is asked, and the URL is not repeated."""
    variable = next(one.url_env for one in config.notify.channels if one.name == channel)
    where = config.place("notify", "channels", channel, "url_env")
    if trouble := notifier(config).look(channel):
        remedy = f"Put an Apprise URL into {variable}, as {where} says, then `sheetsync notify test {channel}`."
        yield warning(f"nobody is told anything there: {trouble}", remedy)
    else:
        yield well(f"{variable} holds a URL that is understood; `sheetsync notify test {channel}` sends a message")


def _look_at_tab(config: Config, source: Source, book: Callable[[], Workbook]) -> Iterator[Finding]:
    return look_at(source, config.rules, config.place, SystemClock().now(), book(), None)


def _look_at_table(config: Config, source: Source, table: str) -> Iterator[Finding]:
    read = SqlRecords(config.records_url).read(table)
    return look_at(source, config.rules, config.place, SystemClock().now(), None, read)


def _may_change(config: Config, source: Source, table: str) -> Iterator[Finding]:
    SqlRecords(config.records_url).examine_writing(table, source.version)
    yield well(f"its lines may be changed, each with its {source.version}")


def seen_sheets(config: Config, files: Sequence[Path], locale: str = "") -> tuple[SeenSheets, list[list[str]]]:
    """What `.xlsx` and `.csv` files hold, as spreadsheets, with the ids of each file's; all others come from Google.

    A file's text is a number, a day or a truth only where it is that in every locale: nobody retyped it. Without a key
    only files can be looked at; asking for others then raises `ConfigError`. Raises `UsageError` for a file that cannot
    be read.
    """
    from sheetsync.sandbox import SandboxError
    from sheetsync.sandbox.exchange import Settings, answers

    found: list[list[Workbook]] = []
    for path in files:
        try:
            found.append([workbook(answer) for answer in answers(path, FIELDS, Settings(locale, as_they_stand=True))])
        except SandboxError as error:
            raise UsageError(
                f"{error}.", "Name a spreadsheet's address or id, an .xlsx or .csv file, or a folder of .csv files."
            ) from error
    return SeenSheets((book for books in found for book in books), _Later(config)), [
        [b.id for b in books] for books in found
    ]


class _Later:
    """Google, once it is asked: who looks at files only needs no key."""

    def __init__(self, config: Config) -> None:
        self.count = RequestCount()
        self._asked = cache(lambda: sheets(config))

    def read(self, spreadsheet: str) -> Workbook:
        google = self._asked()
        self.count = google.count
        return google.read(spreadsheet)

    def apply(self, batch: Batch) -> None:
        self._asked().apply(batch)

    def link(self, spreadsheet: str, tab_id: int | None, a1: str = "") -> str:
        return self._asked().link(spreadsheet, tab_id, a1)


def looking(config: Config, seen: SeenSheets) -> World:
    """A world for a dry run over what was looked at: it takes no lease and leaves nothing behind."""
    return World(seen, SqlRecords(config.records_url), NoLedger(), _NoLeases(), SystemClock())


def past(config: Config) -> SqlLedger:
    """The ledger as the last run left it, for commands that only look. Raises when there has been no run."""
    return SqlLedger.open_existing(config.ledger)


def desk(config: Config) -> "Desk":
    """Where people's answers are taken: our memory and its lock, no sheet. Raises when there has been no run."""
    from sheetsync.engine.asking import Desk

    ledger, clock = past(config), SystemClock()
    return Desk(ledger, SqlLeases(config.ledger, clock), clock)


def link_memory(config: Config) -> SqlLinks:
    """What was found out about links before. Raises when there has been no run."""
    return SqlLinks(config.ledger)


def link_rounds(config: Config, manners: Manners) -> "Rounds":
    """Who asks published addresses, and remembers what they say. Raises when there has been no run."""
    from sheetsync.engine.checking_links import Rounds

    clock = SystemClock()
    return Rounds(LinkChecker(manners, version("sheetsync-ops"), clock), link_memory(config), clock)


def courier(config: Config, clock: Clock | None = None) -> "Courier":
    """Who brings messages to their channels, between two runs. Its turns raise when there has been no run."""
    from sheetsync.engine.notifying import Courier, Mailroom

    time = clock or SystemClock()

    @contextmanager
    def room() -> Iterator[Mailroom]:
        with closing(past(config)) as ledger, closing(outbox(config)) as waiting:
            yield Mailroom(config.notify, config.rules, notifier(config), waiting, ledger.open_flags, time)

    return Courier(config.notify, time, room)


def outbox(config: Config) -> SqlNotices:
    """Messages on their way. Asking it raises when there has been no run."""
    return SqlNotices(config.ledger)


def notifier(config: Config) -> AppriseNotifier:
    """Who delivers messages to the configured channels."""
    return AppriseNotifier(config.notify_urls)


def load_records(config: Config, table: str, csv: Path) -> None:
    """Fill one table of the embedded system of record from a CSV file."""
    SqlRecords(config.records_url).load_csv(csv, table)


def link(config: Config, place: Place) -> str:
    """A URL that opens a place, without asking anybody for it."""
    return sheet_link(config.google.endpoint, place.spreadsheet, place.tab_id, a1(place.row, place.column))


def now() -> datetime:
    """The present, in UTC: for ages, and for what people call "since"."""
    return SystemClock().now()


def wait(seconds: float) -> None:
    """Do nothing for a while."""
    SystemClock().sleep(seconds)


class _NoLeases:
    """A dry run disturbs nobody, so it excludes nobody."""

    def hold(self, name: str) -> AbstractContextManager[None]:  # noqa: ARG002
        return nullcontext()

    def renew(self, name: str) -> None:
        """Nothing is held."""
