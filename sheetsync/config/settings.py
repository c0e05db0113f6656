"""Where things are: Google, the ledger, the system of record. Settings, and the environment that wins over them."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, quote, urlsplit

from sheetsync.config.document import SECRET_MESSAGE
from sheetsync.config.findings import SECRET, Findings, Mark, Where, spelled
from sheetsync.config.headers import header_words
from sheetsync.config.shape import DaemonShape, GoogleShape, LinksShape, RecordsShape, Shape
from sheetsync.core.addresses import network
from sheetsync.core.graph import Rules
from sheetsync.core.link_health import Manners
from sheetsync.core.mapping.spellings import HeaderWords
from sheetsync.core.notices import NOBODY, Notify
from sheetsync.core.pace import Rhythm

CREDENTIALS_VARIABLE: Final = "SHEETSYNC_CREDENTIALS"
EMULATOR_VARIABLE: Final = "SHEETS_EMULATOR_HOST"
LEDGER_VARIABLE: Final = "SHEETSYNC_LEDGER"
RECORDS_VARIABLE: Final = "SHEETSYNC_RECORDS"

_SETTLE_SECONDS: Final = 10.0
_DEFAULT_RECORDS: Final = "state/records.db"
_DATABASE_URL: Final = re.compile(r"[a-z][a-z0-9_]*(\+[a-z][a-z0-9_]*)?://.*", re.DOTALL)
_VARIABLE: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)


@dataclass(frozen=True, slots=True)
class GoogleSettings:
    """How Google is reached."""

    #: key file of a service account; None when nothing names one, which only matters once Google is asked
    credentials: Path | None
    #: "http://127.0.0.1:8765": always loopback; None is Google itself
    endpoint: str | None
    timeout_seconds: float
    retry_budget_seconds: float
    #: whatever Google's own libraries find on this machine stands in for the key file
    application_default: bool = False
    #: what is new in a workbook must stay the same for so long; 0 is not at all
    settle_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class DaemonSettings:
    """How the daemon goes about its work, and how much of the quota any run may use."""

    rhythm: Rhythm = field(default_factory=Rhythm)
    #: requests per minute and account; None is the default, which knows that a sandbox has no quota
    reads_per_minute: int | None = None
    writes_per_minute: int | None = None
    #: on loopback; 0 for none
    health_port: int = 8766


@dataclass(frozen=True, slots=True)
class Config:
    """A whole configuration: checked, complete, and free of secrets but for `records_url` and `notify_urls`."""

    folder: Path
    rules: Rules
    google: GoogleSettings
    #: SQLite file
    ledger: Path
    #: SQLAlchemy URL of the system of record; it may hold a password, so no repr shows it
    records_url: str = field(repr=False)
    #: sha256 of what the files say, whatever the environment says
    fingerprint: str
    #: where each setting stands
    marks: Mapping[Where, Mark] = field(default_factory=dict, repr=False, compare=False)
    daemon: DaemonSettings = field(default_factory=DaemonSettings)
    #: field -> what teams call its column beside the spellings that ship
    own_headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    #: None where links are not to be checked
    links: Manners | None = None
    notify: Notify = NOBODY
    #: channel -> its Apprise URL, where its variable is set; each is a secret, so no repr shows it
    notify_urls: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def headers(self) -> HeaderWords:
        """What columns are called, to understand a table that no source describes; made when first asked for."""
        return header_words(self.own_headers)

    def place(self, *where: str) -> str:
        """A setting and where it stands, as messages name it: "`google.endpoint` (config/sheetsync.yaml:27)"."""
        setting = f"`{spelled(where)}`"
        return f"{setting} ({self.marks[where]})" if where in self.marks else setting


def daemon_settings(shape: DaemonShape) -> DaemonSettings:
    """The section `daemon`, with times in seconds."""
    rhythm = Rhythm(
        interval=shape.interval_seconds,
        slowest=max(shape.interval_seconds, shape.slowest_seconds),
        sweep=shape.sweep_minutes * 60,
        deadline=shape.deadline_seconds,
        quarantine_after=shape.quarantine_failures,
        quarantine_longest=shape.quarantine_minutes * 60,
    )
    return DaemonSettings(rhythm, shape.reads_per_minute, shape.writes_per_minute, shape.health_port)


def link_manners(shape: LinksShape) -> Manners | None:
    """The section `links`, checked before; None unless it says check: on."""
    if shape.check == "off":
        return None
    return Manners(
        timeout_seconds=shape.timeout_seconds,
        max_redirects=shape.max_redirects,
        max_bytes=shape.max_bytes,
        at_once=shape.at_once,
        per_host_seconds=shape.per_host_seconds,
        remembered=timedelta(minutes=shape.cache_minutes),
        contact=shape.user_agent or "",
        allowed=tuple(network(text) for text in shape.allow_addresses),
        ports=frozenset(shape.allow_ports),
    )


def _settle_seconds(shape: GoogleShape, endpoint: str | None) -> float:
    if shape.settle_seconds is not None:
        return shape.settle_seconds
    # In a sandbox people try things out, one at a time, and look at what happens.
    return 0.0 if endpoint else _SETTLE_SECONDS


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Resolves settings against their folder and the environment."""

    folder: Path
    environ: Mapping[str, str]
    findings: Findings

    def google(self, shape: GoogleShape) -> GoogleSettings:
        """Google's settings; an emulator named by the environment wins over the file."""
        endpoint = self._endpoint(shape)
        return GoogleSettings(
            credentials=self._credentials(shape),
            endpoint=endpoint,
            timeout_seconds=shape.timeout_seconds,
            retry_budget_seconds=shape.retry_budget_seconds,
            application_default=shape.credentials is not None,
            settle_seconds=_settle_seconds(shape, endpoint),
        )

    def ledger(self, shape: Shape) -> Path:
        """The ledger's file."""
        return self._path_in(LEDGER_VARIABLE) or self._file(("ledger", "path"), shape.ledger.path)

    def records_url(self, shape: RecordsShape) -> str:
        """The system of record as an SQLAlchemy URL."""
        if shape.path is not None and shape.url_env is not None:
            self.findings.report(("records", "url_env"), "stands beside path; keep one of them")
        if path := self._path_in(RECORDS_VARIABLE):
            return _sqlite(path)
        if shape.url_env is None:
            return _sqlite(self._file(("records", "path"), shape.path or _DEFAULT_RECORDS))
        url = self._variable(("records", "url_env"), shape.url_env)
        if url is None:
            self.findings.report(("records", "url_env"), "the variable it names is not set")
        elif not _DATABASE_URL.fullmatch(url):
            self.findings.report(("records", "url_env"), "the variable it names holds no database URL (scheme://...)")
        return url or ""

    def _credentials(self, shape: GoogleShape) -> Path | None:
        if shape.credentials is not None:
            for name in ("credentials_env", "credentials_file"):
                if getattr(shape, name) is not None:
                    self.findings.report(("google", name), "stands beside credentials; keep one of them")
            return None
        if shape.credentials_file is not None:
            if shape.credentials_env is not None:
                self.findings.report(("google", "credentials_file"), "stands beside credentials_env; keep one of them")
            return self._file(("google", "credentials_file"), shape.credentials_file)
        variable = shape.credentials_env or CREDENTIALS_VARIABLE
        text = self._variable(("google", "credentials_env"), variable)
        if text and (SECRET.search(text) or text.lstrip().startswith("{")):
            self.findings.report_environment(variable, SECRET_MESSAGE)
            return None
        return Path(text).absolute() if text else None

    def _endpoint(self, shape: GoogleShape) -> str | None:
        if host := self.environ.get(EMULATOR_VARIABLE):
            endpoint = _loopback(host if "://" in host else f"http://{host}")
            if endpoint is None:
                self.findings.report_environment(EMULATOR_VARIABLE, _LOOPBACK_ONLY)
            return endpoint
        if shape.endpoint is None:
            return None
        endpoint = _loopback(shape.endpoint)
        if endpoint is None:
            self.findings.report(("google", "endpoint"), _LOOPBACK_ONLY)
        return endpoint

    def _variable(self, where: Where, name: str) -> str | None:
        """What a variable named by a setting holds; the name itself is not repeated, it may be a value put there."""
        if not _VARIABLE.fullmatch(name):
            self.findings.report(where, "is no variable's name; a value has no place here")
        return self.environ.get(name) or None

    def _path_in(self, variable: str) -> Path | None:
        """A path a person typed at the shell: relative to where they stand, as every path typed there is."""
        text = self.environ.get(variable)
        if not text:
            return None
        if trouble := _unfit(text):
            self.findings.report_environment(variable, trouble)
            return None
        return Path(text).absolute()

    def _file(self, where: Where, text: str) -> Path:
        """A path in a file: relative to the folder, so that the configuration means the same from everywhere."""
        if trouble := _unfit(text):
            self.findings.report(where, trouble)
        return self.folder.absolute() / text


_LOOPBACK_ONLY: Final = "must be on this machine, as in http://127.0.0.1:8765; credentials are sent there"


def _sqlite(path: Path) -> str:
    # SQLAlchemy reads the path of a URL percent-decoded.
    return f"sqlite:///{quote(path.as_posix())}"


def _unfit(path: str) -> str | None:
    """Why a text is no path to a file of ours, if so."""
    if "://" in path:
        return "is a URL where a path is needed; databases are named by records.url_env"
    if path.startswith("~"):
        return "starts with ~, which only a shell understands; write the path out"
    if "?" in path or not path.isprintable():
        return "holds a character no path here may hold"
    return None


def _loopback(url: str) -> str | None:
    """The URL as "http://host:port" when it is plain HTTP on this machine, None otherwise."""
    try:
        parts = urlsplit(url.strip())
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        return None
    plain = parts.scheme == "http" and parts.path in ("", "/") and not (parts.query or parts.fragment)
    if not plain or "@" in parts.netloc or not _is_loopback(parts):
        return None
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"http://{host}{port}"


def _is_loopback(parts: SplitResult) -> bool:
    if parts.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
