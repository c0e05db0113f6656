"""Every error a person can meet at the command line: how it comes about, its text, place, remedy and exit code.

`TABLE` is played through the real command line by `test_errors`. `ELSEWHERE` names what a command line in a test cannot
reach in good time (a network that breaks, a process that dies): each with the test that meets it.
"""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field

from sheetsync.adapters.sql_leases import SqlLeases
from sheetsync.adapters.sql_ledger import SqlLedger
from sheetsync.adapters.system_clock import SystemClock
from sheetsync.ports import JournalEntry
from sheetsync.sandbox import State, issue_accounts
from sheetsync.sandbox.model import XLSX_MIME
from tests.engine.conftest import Town
from tests.engine.people import BRIEFS, LANDING, Hand, briefs, builder

#: stands in what an error may not repeat
SECRET = "sword" + "fish"


@dataclass
class Scene:
    """The story in a folder of its own, the environment of the command, and what has to stay until it has ended."""

    town: Town
    environ: dict[str, str | None]
    until: ExitStack
    #: the id of the run before
    run: str

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.town.folder / file
        text = path.read_text()
        assert old in text, old
        path.write_text(text.replace(old, new, 1))

    def during(self, context: AbstractContextManager[object]) -> None:
        self.until.enter_context(context)

    def key(self, **changes: object) -> None:
        """Another key file: the story's with these parts."""
        path = self.town.place / "accounts" / "sheetsync.json"
        key = json.loads(path.read_text()) | changes
        path.write_text(json.dumps({name: part for name, part in key.items() if part is not None}))


Befall = Callable[[Scene], object]


def _nothing(_: Scene) -> None:
    """What is typed is enough."""


@dataclass(frozen=True)
class Entry:
    """One error, on one line."""

    name: str
    #: the place in our code that makes it, as `places.made` names it
    made: str
    #: as typed, without `sheetsync`; {place} is the story's folder, {base} the sandbox
    command: str
    exit_code: int
    #: a regular expression found in the line
    text: str
    #: what the line names: a file, a workbook or source, an option or what was typed
    where: str
    #: what it says to type, choose or change
    remedy: str
    befall: Befall = _nothing
    #: before the first cycle, not after it
    fresh: bool = False
    #: it is told in the command's document, because the rest goes on
    goes_on: bool = field(default=False, kw_only=True)


# ---------------------------------------------------------------- what befalls


def _no_run(scene: Scene) -> None:
    """A ledger that was opened and never filled."""
    _no_ledger(scene)
    SqlLedger(scene.town.ledger).close()


def _no_workbook(scene: Scene) -> None:
    (scene.town.place / "plan.xlsx").write_text("PK, as it were")


def _empty_state(scene: Scene) -> None:
    State(str(scene.town.place / "new.db")).close()


def _struck_through(scene: Scene) -> None:
    scene.edit(
        "sources.yaml", "    generated: [tracking_url]", "    generated: [tracking_url]\n    struck_means: cancelled"
    )
    hand = builder(scene.town)
    look = {"userEnteredFormat": {"textFormat": {"strikethrough": True}}}
    where = {"range": hand.range(1, 2, 0, 5), "cell": look, "fields": "userEnteredFormat.textFormat.strikethrough"}
    hand.act({"repeatCell": where})


def _no_ledger(scene: Scene) -> None:
    for path in scene.town.place.glob("ledger.db*"):
        path.unlink()


def _env(**changes: str | None) -> Befall:
    return lambda scene: scene.environ.update(
        {name: text and text.format(place=scene.town.place) for name, text in changes.items()}
    )


def _edited(file: str, old: str, new: str) -> Befall:
    return lambda scene: scene.edit(file, old, new)


def _both(*befalls: Befall) -> Befall:
    return lambda scene: [befall(scene) for befall in befalls]


def _file(name: str, text: str) -> Befall:
    return lambda scene: (scene.town.place / name).write_text(text)


def _key(**changes: object) -> Befall:
    return lambda scene: scene.key(**changes)


def _key_text(text: str) -> Befall:
    return _file("accounts/sheetsync.json", text)


def _key_is_a_folder(scene: Scene) -> None:
    scene.environ["SHEETSYNC_CREDENTIALS"] = str(scene.town.place / "accounts")


def _key_of_another_sandbox(scene: Scene) -> None:
    other = scene.town.place / "other"
    issue_accounts(other, ["sheetsync"], scene.town.sandbox.base)
    shutil.copy(other / "sheetsync.json", scene.town.place / "accounts" / "sheetsync.json")


def _a_stranger(scene: Scene) -> None:
    folder = scene.town.place / "accounts"
    for account in issue_accounts(folder, ["stranger"], scene.town.sandbox.base):
        scene.town.sandbox.state.register(account)
    scene.environ["SHEETSYNC_CREDENTIALS"] = str(folder / "stranger.json")


def _sheets_disabled(scene: Scene) -> None:
    scene.town.sandbox.enable("sheets", False)
    scene.until.callback(scene.town.sandbox.enable, "sheets")


def _narrow_scope(scene: Scene) -> None:
    scene.town.sandbox.narrow("https://www.googleapis.com/auth/drive.metadata.readonly")
    scene.until.callback(scene.town.sandbox.narrow)


def _an_excel_file(scene: Scene) -> None:
    scene.town.sandbox.become(LANDING, XLSX_MIME)


def _application_default(scene: Scene) -> None:
    scene.edit("sheetsync.yaml", "credentials_env: SHEETSYNC_CREDENTIALS", "credentials: application_default")
    scene.environ["GOOGLE_APPLICATION_CREDENTIALS"] = None


def _at_google(scene: Scene) -> None:
    scene.environ["SHEETS_EMULATOR_HOST"] = None


def _default_at_google(**variables: str) -> Befall:
    odd = _file("odd.json", json.dumps({"secret": SECRET}))
    return _both(_application_default, _at_google, odd, _env(**variables))


def _locked(scene: Scene) -> None:
    scene.during(SqlLeases(scene.town.ledger, SystemClock()).hold("run"))


def _newer_ledger(scene: Scene) -> None:
    with sqlite3.connect(scene.town.ledger) as connection:
        connection.execute("UPDATE sheetsync_revision SET version_num = 'v9999'")
    connection.close()


def _a_table_named(name: str) -> Befall:
    return _edited("sources.yaml", "table: campaigns", f"table: {name}")


def _records_url(url: str) -> Befall:
    return _both(
        _edited("sheetsync.yaml", "  path: state/records.db", "  url_env: RECORDS_URL"),
        _env(RECORDS_URL=url, SHEETSYNC_RECORDS=None),
    )


def _without_records(scene: Scene) -> None:
    (scene.town.place / "records.db").unlink()


def _without_header(scene: Scene) -> None:
    Hand(scene.town.sandbox, LANDING, 1204).text(2, 0, "Nummer")


def _typo_twice(scene: Scene) -> None:
    builder(scene.town).text(2, 0, "NL-10O9")
    scene.town.reconcile()


def _answered_twice(scene: Scene) -> None:
    from sheetsync import wiring
    from sheetsync.engine.asking import accept

    for source in ("landing", "utm"):
        accept(wiring.desk(scene.town.config), scene.town.config.rules, f"{source}:NL-10O9", "NL-1009", "Ann")


def _left_a_decision(scene: Scene) -> None:
    from sheetsync import wiring
    from sheetsync.core.matters import KEEP_A
    from sheetsync.engine.resolving import Choice, resolve

    resolve(wiring.desk(scene.town.config), scene.town.config.rules, "ss-YS2PUL", Choice(KEEP_A), "ann")


def _left_one_to_a_run_that_died(scene: Scene) -> None:
    _left_a_decision(scene)
    ledger = scene.town.world().ledger
    ledger.journal(JournalEntry("cut-off", BRIEFS, 99, "intended"))


def _ran_again(scene: Scene) -> None:
    scene.town.reconcile()


def _undone(scene: Scene) -> None:
    from sheetsync.engine.undoing import undo

    undo(scene.town.world(), scene.town.config.rules, "last")


def _forgotten(scene: Scene) -> None:
    with sqlite3.connect(scene.town.ledger) as connection:
        connection.execute("DELETE FROM footprints")
    connection.close()


def _merged_keys(scene: Scene) -> None:
    builder(scene.town).merge(2, 4, 0, 1)


def _another_installation(scene: Scene) -> None:
    _no_ledger(scene)
    scene.town.reconcile(accept=frozenset())


def _plan_saved(scene: Scene) -> None:
    from click.testing import CliRunner

    from sheetsync.faces.cli import main

    plan = str(scene.town.place / "monday.plan")
    builder(scene.town).text(2, 4, "Another slot")
    done = CliRunner().invoke(main, ["plan", "--out", plan], env=scene.environ)
    assert done.exit_code == 0, done.output
    builder(scene.town).text(3, 4, "And one more")


def _plan_with(**changes: object) -> Befall:
    content = {"kind": "sheetsync plan", "version": 1, "configuration": "", "workbooks": [], "only": {}}
    kept = {name: part for name, part in (content | changes).items() if part is not None}
    return _file("monday.plan", json.dumps(kept))


def _lost_rows(scene: Scene) -> None:
    briefs(scene.town).delete("ROWS", 6, 9)


# fmt: off
TABLE = (
    # ---- the configuration
    Entry(
        "no configuration folder", "config/document.py find_files", "status --config {place}/nowhere", 2,
        "there is no such folder", "{place}/nowhere", "`sheetsync demo`",
    ),
    Entry(
        "a file for a folder", "config/document.py find_files #2", "validate --config {place}/config/sources.yaml", 2,
        "is a file", "sources.yaml", "the configuration is the folder it stands in",
    ),
    Entry(
        "an empty folder", "config/document.py find_files #4", "plan --config {place}/accounts", 2,
        "holds no \\*.yaml file", "{place}/accounts", "`sheetsync demo`",
    ),
    Entry(
        "a configuration folder with an endless name", "config/document.py find_files #3",
        f"status --config {'x' * 300}", 2,
        "cannot be read", "xxx", "Check its permissions",
    ),
    Entry(
        "a mistake in the configuration", "config/findings.py error", "validate", 2,
        "must be observe, sidecar or columns", "config/sources.yaml:32: sources.landing.mode",
        "did you mean 'sidecar'?", _edited("sources.yaml", "mode: sidecar", "mode: sidecart"),
    ),
    # ---- the key
    Entry(
        "no key is configured", "wiring.py _credentials", "plan", 2,
        "no service-account key", "SHEETSYNC_CREDENTIALS", "`sheetsync demo`", _env(SHEETSYNC_CREDENTIALS=""),
    ),
    Entry(
        "no key file there", "adapters/google_client.py _key", "reconcile", 2,
        "no such key file", "{place}/none.json", "google.credentials_env",
        _env(SHEETSYNC_CREDENTIALS="{place}/none.json"),
    ),
    Entry(
        "a key file that cannot be read", "adapters/google_client.py _key #2", "plan", 2,
        "cannot be read", "{place}/accounts", "permissions", _key_is_a_folder,
    ),
    Entry(
        "a key file that is no JSON", "adapters/google_client.py _key #3", "reconcile", 2,
        "no JSON key file", "sheetsync.json", "type JSON", _key_text(f"not JSON {SECRET}"),
    ),
    Entry(
        "a key of another kind", "adapters/google_client.py _key #4", "reconcile", 2,
        "not the key of a service account", "sheetsync.json", "type JSON",
        _key_text(json.dumps({"type": "authorized_user", "refresh_token": SECRET})),
    ),
    Entry(
        "half a key", "adapters/google_client.py _key #5", "adopt utm tracking_url", 2,
        "lacks token_uri", "sheetsync.json", "Download the key again", _key(token_uri=None),
    ),
    Entry(
        "a damaged key", "adapters/google_client.py load_account", "detach --all", 2,
        "private key is damaged", "sheetsync.json", "Download the key again", _key(private_key=SECRET),
    ),
    Entry(
        "Google's key in the sandbox", "adapters/google_client.py _check_token_uri", "undo last", 2,
        "for Google", "sheetsync.json", "remove the endpoint",
        _key(token_uri="https://oauth2.googleapis.com/token"),  # noqa: S106
    ),
    Entry(
        "the sandbox's key at Google", "adapters/google_client.py _check_token_uri #2", "reconcile", 2,
        "is not Google's", "sheetsync.json", "configure the sandbox's endpoint", _at_google,
    ),
    Entry(
        "no default credentials in the sandbox", "adapters/google_default.py open_account", "plan", 2,
        "takes its own key files", "GOOGLE_APPLICATION_CREDENTIALS", "Set GOOGLE_APPLICATION_CREDENTIALS",
        _application_default,
    ),
    Entry(
        "default credentials that are not there", "adapters/google_default.py _is_key", "plan", 2,
        "no such file", "{place}/none.json", "Correct the variable GOOGLE_APPLICATION_CREDENTIALS",
        _default_at_google(GOOGLE_APPLICATION_CREDENTIALS="{place}/none.json"),
    ),
    Entry(
        "default credentials that are none", "adapters/google_default.py _found", "plan", 2,
        "no credentials of Google's", "{place}/odd.json", "Correct GOOGLE_APPLICATION_CREDENTIALS",
        _default_at_google(GOOGLE_APPLICATION_CREDENTIALS="{place}/odd.json"),
    ),
    Entry(
        "no default credentials", "adapters/google_default.py _found #2", "plan", 2,
        "no application default credentials", "on this machine", "gcloud auth application-default login",
        _default_at_google(NO_GCE_CHECK="true", HOME="{place}", CLOUDSDK_CONFIG="{place}/gcloud"),
    ),
    Entry(
        "the doctor's word on a key", "wiring.py _key_found", "doctor", 1,
        "no such key file", "{place}/none.json", "sheetsync.yaml:", _env(SHEETSYNC_CREDENTIALS="{place}/none.json"),
        goes_on=True,
    ),
    # ---- sheets nobody has described
    Entry(
        "no such sheet", "faces/inspecting.py of", "inspect nowhere.xlsx", 2,
        "no such file", "nowhere.xlsx", "Copy the address from the browser",
    ),
    Entry(
        "a file that is no workbook", "wiring.py seen_sheets", "inspect {place}/plan.xlsx", 2,
        "plan.xlsx", "{place}/plan.xlsx", "an .xlsx or .csv file", _no_workbook,
    ),
    Entry(
        "a tab that is not there", "faces/inspecting.py _chosen", f"inspect {BRIEFS} --tab Plan", 2,
        "has no tab 'Plan'", "Partner briefs", "name one with --tab",
    ),
    Entry(
        "a source block over a file", "faces/writing.py write_new",
        f"inspect {BRIEFS} --out {{place}}/config/sources.yaml", 2,
        "is there already", "{place}/config/sources.yaml", "Name a new file with --out",
    ),
    Entry(
        "a source block into nowhere", "faces/writing.py write_new #2",
        f"inspect {BRIEFS} --out {{place}}/none/a.yaml", 2,
        "cannot be written", "{place}/none/a.yaml", "Name another file with --out",
    ),
    Entry(
        "a first configuration over another", "faces/initiating.py refuse_taken", f"init {BRIEFS} --yes", 2,
        "is there already", "{place}/config", "Name a new folder with --config",
    ),
    Entry(
        "nobody to ask", "faces/dialogue.py asking", f"init {BRIEFS} --config {{place}}/new", 2,
        "no terminal", "terminal", "--answers FILE",
    ),
    Entry(
        "no sheet for a first configuration", "faces/dialogue.py sheets_to_look_at",
        "init --yes --config {place}/new", 2,
        "No sheet is named", "sheet", "Name addresses or files",
    ),
    Entry(
        "no file of answers", "faces/dialogue.py _read",
        f"init {BRIEFS} --config {{place}}/new --answers {{place}}/none.yaml", 2,
        "cannot be read", "{place}/none.yaml", "Name a YAML file with --answers",
    ),
    # ---- Google
    Entry(
        "nothing answers", "adapters/google_errors.py silence #4", "reconcile", 14,
        "nothing answers", "http://127.0.0.1:9", "`sheetsync sandbox`",
        _env(SHEETS_EMULATOR_HOST="http://127.0.0.1:9"), goes_on=True,
    ),
    Entry(
        "a key that is not valid any more", "adapters/google_errors.py refused_token", "reconcile", 14,
        "no access token", "sheetsync@", "make the account a new one", _key_of_another_sandbox, goes_on=True,
    ),
    Entry(
        "the API is not enabled", "adapters/google_errors.py _forbidden", "reconcile", 14,
        "Sheets API is not enabled", "sheetsync@", "enable `sheets.googleapis.com` at https://console.",
        _sheets_disabled, goes_on=True,
    ),
    Entry(
        "a token for something else", "adapters/google_errors.py _forbidden #2", "reconcile", 14,
        "does not cover spreadsheets", "sheetsync@", "Use a service account's key file", _narrow_scope,
        goes_on=True,
    ),
    Entry(
        "not shared", "adapters/google_errors.py _forbidden #4", "reconcile", 14,
        "is not shared with stranger@", BRIEFS, "share it as Editor", _a_stranger, goes_on=True,
    ),
    Entry(
        "no such spreadsheet", "adapters/google_errors.py _no", "reconcile", 14,
        "no spreadsheet with id 1Nobody", "1NobodyHasThis", "check `spreadsheet:`",
        _edited("sources.yaml", LANDING, "1NobodyHasThisSpreadsheet000000000000000"), goes_on=True,
    ),
    Entry(
        "an Excel file", "adapters/google_errors.py _no #2", "reconcile", 14,
        "was refused", LANDING, "Save as Google Sheets", _an_excel_file, goes_on=True,
    ),
    Entry(
        "no spreadsheet id", "adapters/google_sheets.py _call", "detach --spreadsheet ../x", 14,
        "no spreadsheet id", "'../x'", "between /d/ and /edit", goes_on=True,
    ),
    # ---- the sheets
    Entry(
        "no such tab", "engine/reading.py _tab_of", "reconcile", 14,
        "no tab with id 99", "Landing pages (source landing)", "set `sources.landing.tab_id`",
        _edited("sources.yaml", "tab_id: 1204", "tab_id: 99"), goes_on=True,
    ),
    Entry(
        "no header", "engine/reading.py understand_source", "reconcile --accept first_write", 14,
        "row 3", "tab 'Zielseiten'", "correct `sources.landing.columns`", _without_header, fresh=True, goes_on=True,
    ),
    Entry(
        "two sources for one table", "engine/reading.py _refuse_shared", "reconcile", 14,
        "header in row 3, is that of source", "tab 'Zielseiten'", "Map a header that only its own table has",
        _edited(
            "sources.yaml", "  utm:\n", "  again:\n    like: landing\n    columns:\n      campaign_id: Kampagnen-Nr.\n"
            "      campaign_name: Kampagne\n      partner: Partner\n      notes: Anmerkung\n\n  utm:\n",
        ), goes_on=True,
    ),
    Entry(
        "a guard", "engine/guarding.py troubles_of", "reconcile", 12,
        "rows", "briefs", "--accept shrunken:briefs", _lost_rows, goes_on=True,
    ),
    Entry(
        "a saved plan that moved", "engine/writing.py _unless_moved", "apply {place}/monday.plan", 12,
        "nothing was written there", "UTM builder", "Run `sheetsync plan` again", _plan_saved, goes_on=True,
    ),
    # ---- the system of record
    Entry(
        "no records database", "adapters/sql_records.py _reading", "reconcile", 14,
        "no records database", "{place}/records.db", "SHEETSYNC_RECORDS", _without_records, goes_on=True,
    ),
    Entry(
        "records of another program", "adapters/sql_records.py _connected #2", "reconcile", 14,
        "cannot be used", "{place}/records.db", "SHEETSYNC_RECORDS", _file("records.db", "no database " * 90),
        goes_on=True,
    ),
    Entry(
        "no driver for the records", "adapters/sql_records.py _connected", "reconcile", 14,
        "needs the driver 'psycopg2'", "postgresql 'campaigns' on db.example", "Install it",
        _records_url(f"postgresql+psycopg2://ana:{SECRET}@db.example/campaigns"), goes_on=True,
    ),
    Entry(
        "a records URL that is none", "adapters/sql_records.py _parsed", "reconcile", 14,
        "URL cannot be understood", "records database", "Check `records` in the configuration",
        _records_url(f"postgresql://ana:{SECRET}@db.example:{SECRET}/x"), goes_on=True,
    ),
    Entry(
        "no such table", "adapters/sql_records.py _reflect", "reconcile", 14,
        "no table 'campagnes'", "{place}/records.db", "It has: campaigns", _a_table_named("campagnes"), goes_on=True,
    ),
    # ---- the ledger
    Entry(
        "no run yet", "adapters/sql_file.py _check_path #3", "status", 1,
        "There was no run yet", "{place}/ledger.db", "Start with `sheetsync reconcile`", _no_ledger,
    ),
    Entry(
        "a ledger that is a folder", "adapters/sql_file.py _check_path", "history", 1,
        "is a folder", "{place}/config", "SHEETSYNC_LEDGER", _env(SHEETSYNC_LEDGER="{place}/config"),
    ),
    Entry(
        "no folder for the ledger", "adapters/sql_file.py _check_path #2", "reconcile", 1,
        "cannot be made", "sources.yaml/ledger.db", "SHEETSYNC_LEDGER",
        _env(SHEETSYNC_LEDGER="{place}/config/sources.yaml/ledger.db"),
    ),
    Entry(
        "a ledger of another program", "adapters/sql_file.py _stored_revision", "reconcile", 1,
        "belongs to another program", "{place}/records.db", "SHEETSYNC_LEDGER",
        _env(SHEETSYNC_LEDGER="{place}/records.db"),
    ),
    Entry(
        "a ledger of a newer sheetsync", "adapters/sql_file.py _bring_to_head", "reconcile", 1,
        "newer sheetsync", "{place}/ledger.db", "upgrade", _newer_ledger,
    ),
    Entry(
        "a damaged ledger", "adapters/sql_file.py _in_our_words", "runs", 1,
        "is not a database, or is damaged", "{place}/ledger.db", "Restore a copy",
        _both(_no_ledger, _file("ledger.db", "no database " * 90)),
    ),
    Entry(
        "another run at work", "adapters/sql_leases.py _refusal", "reconcile", 13,
        "holds the lock", "Another run", "wait", _locked,
    ),
    # ---- what is typed
    Entry(
        "--only of nothing", "core/scope.py check", "reconcile --only NL-9999", 2,
        "no source and no campaign", "'NL-9999'", "`sheetsync status`",
    ),
    Entry(
        "a claim without a value", "faces/claims.py file_document",
        "claim NL-1003 flight_end --source chat --by Dana", 2,
        "no claim about a field", "'flight_end'", "Type FIELD=VALUE",
    ),
    Entry(
        "claims of no source", "faces/claims.py list_document", "claims --owner brief", 2,
        "no source", "--owner 'brief'", "Known are: briefs",
    ),
    Entry(
        "a campaign's claim about a placement", "faces/claims.py _record",
        "claim NL-1003 channel=email --source chat --by Dana", 2,
        "a field of placements", "channel", "Name one: NL-1003 / email / hero-banner",
    ),
    Entry(
        "a claim that nobody shall click", "engine/claiming.py file",
        "claim NL-1003 flight_end=2026-12-06 --source javascript:alert(1) --by Dana", 2,
        "no link that people are sent to", "--source 'javascript:", "Give an https:",
    ),
    Entry(
        "a claim that is none", "engine/claiming.py named", "claims show sc-NOSUCH", 2,
        "no claim has the id", "'sc-NOSUCH'", "`sheetsync claims list --state all`",
    ),
    Entry(
        "a claim about no field", "engine/claiming.py _owner", "claim NL-1003 flight_ent=1 --source chat --by Dana", 2,
        "no field is called", "'flight_ent'", "Did you mean flight_end?",
    ),
    Entry(
        "a claim about what is generated", "engine/claiming.py _owner #2",
        "claim 'NL-1003 / email / hero-banner' tracking_url=https://x.example --source chat --by Dana", 2,
        "nobody can say what it is", "tracking_url is generated", "what it is made of",
    ),
    Entry(
        "a claim nobody can answer", "engine/claiming.py _owner #3",
        "claim NL-1003 notes=hi --source chat --by Dana", 2,
        "nobody can be asked", "nobody owns notes", "`owners.notes`",
    ),
    Entry(
        "a claim about a row's key", "engine/claiming.py _owner #4",
        "claim NL-1003 campaign_id=NL-1004 --source chat --by Dana", 2,
        "rows of Campaign register are known by", "campaign_id", "`sheetsync match`",
    ),
    Entry(
        "a claim without its author", "engine/claiming.py _bounded",
        "claim NL-1003 flight_end=2026-12-06 --source chat --by ' '", 2,
        "is blank", "--by", "Type 1 to 100 characters",
    ),
    Entry(
        "a claim that may mean two days", "engine/claiming.py _understood",
        "claim NL-1003 flight_end=11/12/2026 --source chat --by Dana", 2,
        "more than one day", "flight_end: '11/12/2026'", "Type 2026-12-11 or 2026-11-12",
    ),
    Entry(
        "a claim of nothing", "engine/claiming.py _understood #2",
        "claim NL-1003 flight_end=TBD --source chat --by Dana", 2,
        "claims nothing", "flight_end: 'TBD'", "Type the value",
    ),
    Entry(
        "a claim that is over before it begins", "faces/moments.py ahead",
        "claim NL-1003 flight_end=2026-12-06 --source chat --by Dana --expires 2020-01-01", 2,
        "is over already", "--expires '2020-01-01'", "that is to come",
    ),
    Entry(
        "an answer about no row", "engine/asking.py question #2", "match accept landing:NL-10O8 NL-1009", 2,
        "no row that is asked about", "'landing:NL-10O8'", "Did you mean `landing:NL-10O9`?",
    ),
    Entry(
        "an answer about rows of two sources", "engine/asking.py question", "match accept NL-10O9 NL-1009", 2,
        "is asked about in landing and utm", "'NL-10O9'", "`landing:NL-10O9`", _typo_twice,
    ),
    Entry(
        "an answer that is no campaign", "engine/asking.py campaign", "match accept landing:NL-10O9 NL-9999", 2,
        "no campaign is called", "'NL-9999'", "Proposed are: NL-1009",
    ),
    Entry(
        "no to nothing", "engine/asking.py reject", "match reject landing:NL-1365", 2,
        "nothing is proposed", "'landing:NL-1365'", "Correct its id or names",
    ),
    Entry(
        "no to what nobody proposed", "engine/asking.py reject #2", "match reject landing:NL-10O9 NL-1001", 2,
        "NL-1001 is not proposed", "'landing:NL-10O9'", "Proposed are: NL-1009",
    ),
    Entry(
        "nothing to forget", "engine/asking.py standing #2", "match forget landing:NL-10O9", 2,
        "nothing was said about", "'landing:NL-10O9'", "`sheetsync match list`",
    ),
    Entry(
        "what to forget of two sources", "engine/asking.py standing", "match forget NL-10O9", 2,
        "was answered in landing and utm", "'NL-10O9'", "`landing:NL-10O9`", _both(_typo_twice, _answered_twice),
    ),
    Entry(
        "a column the source has not", "engine/asking_columns.py column_named", "match accept landing.budget Etat", 2,
        "landing has no column for", "'budget'", "Its fields are: campaign_id",
    ),
    Entry(
        "a header that is known", "engine/asking_columns.py accept_column", "match accept landing.offer ANGEBOT", 2,
        "is a header of offer already", "'ANGEBOT'", "Nothing needs to be said",
    ),
    Entry(
        "a header of another field", "engine/asking_columns.py accept_column #2", "match accept landing.offer Marke", 2,
        "is the column of partner", "'Marke'", "`sources.landing.columns`",
    ),
    Entry(
        "a decision about nothing", "engine/resolving.py case #2", "conflicts resolve ss-YS2PUX --keep a", 2,
        "nothing that can be decided", "'ss-YS2PUX'", "Did you mean ss-YS2PUL?",
    ),
    Entry(
        "a decision without two sides", "engine/resolving.py case", "conflicts resolve ss-5LBPTT --keep a", 2,
        "a flag of kind url_defect", "ss-5LBPTT", "`sheetsync conflicts show ss-5LBPTT`",
    ),
    Entry(
        "a decision while another one waits", "engine/resolving.py resolve", "conflicts resolve ss-YS2PUL --keep b", 2,
        "has decided keep A at", "ss-YS2PUL", "Run `sheetsync reconcile`", _left_a_decision,
    ),
    Entry(
        "a decision of something older", "engine/resolving.py _judged #2",
        "conflicts resolve ss-YS2PUL --keep a --seen ABCDEF", 2,
        "changed since version ABCDEF", "ss-YS2PUL", "`sheetsync conflicts show ss-YS2PUL`",
    ),
    Entry(
        "a decision until a day that is over", "engine/resolving.py _judged #3",
        "conflicts resolve ss-YS2PUL --until 2020-01-31", 2,
        "2020-01-31 .--until. is over", "ss-YS2PUL", "`sheetsync conflicts show ss-YS2PUL`",
    ),
    Entry(
        "a reason as long as a book", "engine/resolving.py _typed",
        f"conflicts resolve ss-YS2PUL --keep a --why {'x' * 2001}", 2,
        "longer than 2000 characters", "--why", "Say it shorter",
    ),
    Entry(
        "a decision to withdraw that nobody made", "engine/resolving.py withdraw",
        "conflicts resolve ss-YS2PUL --withdraw", 2,
        "no decision waits for the next run", "ss-YS2PUL", "`sheetsync conflicts list`",
    ),
    Entry(
        "a decision to withdraw that a run may have heard", "engine/resolving.py withdraw #2",
        "conflicts resolve ss-YS2PUL --withdraw", 2,
        "a run that was cut off may have heard", "ss-YS2PUL", "`sheetsync reconcile`", _left_one_to_a_run_that_died,
    ),
    Entry(
        "a decision to withdraw and to make at once", "faces/resolving.py alone",
        "conflicts resolve ss-YS2PUL --withdraw --keep a", 2,
        "takes a decision back and makes no other", "--withdraw", "Type it alone",
    ),
    Entry(
        "a decision that is none", "faces/resolving.py choice_of", "conflicts resolve ss-YS2PUL --why legal", 2,
        "one of --keep, --value and --until", "--keep", "Type `--keep a`",
    ),
    Entry(
        "no to no column", "engine/asking_columns.py reject_column", "match reject landing.offer", 2,
        "no column is proposed", "landing.offer", "Name its header",
    ),
    Entry(
        "no column to forget", "engine/asking_columns.py forget_column", "match forget landing.offer", 2,
        "nothing was said about the column", "landing.offer", "`sheetsync match list`",
    ),
    Entry(
        "no header", "engine/asking_columns.py _one_line", "match accept landing.offer :", 2,
        "is no header", "':'", "`sheetsync match list`",
    ),
    Entry(
        "--accept of no guard", "faces/accepting.py _guard", "reconcile --accept first_wirte", 2,
        "no guard is called", "'first_wirte'", "first_write",
    ),
    Entry(
        "--accept of a guard that stays", "faces/accepting.py _guard #2", "reconcile --accept header", 2,
        "cannot be accepted", "header", "`sheetsync status`",
    ),
    Entry(
        "--accept for no source", "faces/accepting.py _meant", "reconcile --accept first_write:brief", 2,
        "no source is called", "'brief'", "Sources: briefs",
    ),
    Entry(
        "no saved plan", "faces/saved_plan.py load", "apply {place}/none.plan", 2,
        "cannot be read", "{place}/none.plan", "`sheetsync plan --out",
    ),
    Entry(
        "a plan that is no JSON", "faces/saved_plan.py load #2", "apply {place}/config/sources.yaml", 2,
        "it is not JSON", "sources.yaml", "`sheetsync plan --out",
    ),
    Entry(
        "JSON that is no plan", "faces/saved_plan.py load #3", "apply {place}/accounts/person.json", 2,
        "is no saved plan", "person.json", "`sheetsync plan --out",
    ),
    Entry(
        "a plan of another version", "faces/saved_plan.py load #4", "apply {place}/monday.plan", 2,
        "version 99", "{place}/monday.plan", "`sheetsync plan --out", _plan_with(version=99),
    ),
    Entry(
        "a damaged plan", "faces/saved_plan.py load #5", "apply {place}/monday.plan", 2,
        "is damaged", "{place}/monday.plan", "`sheetsync plan --out", _plan_with(workbooks=None),
    ),
    Entry(
        "no place for a plan", "faces/saved_plan.py save", "plan --out {place}/nowhere/x.plan", 2,
        "cannot be written", "{place}/nowhere/x.plan", "Name another file",
    ),
    Entry(
        "no place for an export", "faces/export.py write_file", "export --out {place}/nowhere/x.csv", 2,
        "cannot be written", "{place}/nowhere/x.csv", "--out",
    ),
    Entry(
        "an export before the first run", "faces/export.py export_document", "export", 1,
        "no run yet", "{place}/ledger.db", "Start with `sheetsync reconcile`", _no_run,
    ),
    Entry(
        "links while checking them is off", "faces/links.py check_document", "links check", 2,
        "nobody is asked", "`links.check`", "Write `links: {check: on}` into",
    ),
    Entry(
        "messages to no channel", "faces/notifying.py trial_document", "notify test", 2,
        "no channel is configured", "config/sheetsync.yaml", "Write `notify: {channels:",
    ),
    Entry(
        "a message to a channel there is not", "faces/notifying.py trial_document #2", "notify test obs", 2,
        "no channel is called", "'obs'", "Did you mean ops?",
        lambda scene: (scene.town.folder / "notify.yaml").write_text(
            "notify: {channels: {ops: {url_env: NOTIFY_OPS, for: everything}}}\n"
        ),
    ),
    Entry(
        "a channel nobody uses", "faces/export.py export_document #2", "export --channel radio", 2,
        "no placement is in the channel", "'radio'", "Channels: ",
    ),
    Entry(
        "a change to no value", "faces/impact.py _split", "impact NL-1003 --set flight_end", 2,
        "names no value", "--set 'flight_end'", "Say --set FIELD=VALUE",
    ),
    Entry(
        "a change of no field", "faces/impact.py _split #2", "impact NL-1003 --set flight_ende=2026-12-06", 2,
        "did you mean 'flight_end'", "--set flight_ende=2026-12-06", "Fields: ",
    ),
    Entry(
        "a change to two values", "faces/impact.py _split #3", "impact NL-1003 --set offer=20% --set offer=25%", 2,
        "offer is set twice", "--set offer=25%", "Set each field once",
    ),
    Entry(
        "a change of what is generated", "faces/impact.py _split #4", "impact NL-1003 --set tracking_url=x", 2,
        "Tracking URL is generated", "--set tracking_url=x", "Set what it is made of: Flight start, Landing page",
    ),
    Entry(
        "a change of no record", "faces/impact.py _record", "impact NL-1366x --set offer=20%", 2,
        "nothing was seen of", "'NL-1366x'", "Did you mean `NL-1366`?",
    ),
    Entry(
        "a change of a placement's field", "faces/impact.py _check_entity", "impact NL-1001 --set utm_source=x", 2,
        "is a field of placements", "utm_source", "Ask for NL-1001 / email / hero-banner",
    ),
    Entry(
        "a change where no row is", "engine/impact.py _cell", "impact NL-1009 --set landing_page=https://a.example", 2,
        "has no row for it", "Landing pages", "`sheetsync status`",
    ),
    Entry(
        "a change where no column is", "engine/impact.py _cell #2", "impact NL-1003 --set promo_code=FINCH", 2,
        "has no column for Promo code", "Partner briefs (source briefs)", "`sources.briefs.columns.promo_code`",
        _edited("sources.yaml", "      promo_code: Promo code\n", "      promo_code: Nowhere\n"),
    ),
    Entry(
        "a change of a row struck through", "engine/impact.py _struck",
        "impact 'NL-1001 / email / hero-banner' --set placement_status=live", 2,
        "is struck through", "row 2 of Builder", "Take the line away first", _struck_through,
    ),
    Entry(
        "a change to what cannot be read", "engine/impact.py _value", "impact NL-1003 --set flight_end=someday", 2,
        "'someday' is no", "--set flight_end=someday", "Type it as it would stand in",
    ),
    Entry(
        "a change to silence", "engine/impact.py _value #2", "impact NL-1003 --set offer=TBD", 2,
        "says nothing about Offer", "--set offer=TBD", "Name the value",
    ),
    Entry(
        "no such record", "faces/records.py find_record", "truth NL-9999", 2,
        "nothing was seen of", "'NL-9999'", "Check its spelling",
    ),
    Entry(
        "truth of no field", "faces/truth.py truth_document", "truth NL-1003 flight_ende", 2,
        "no field is called", "'flight_ende'", "flight_end",
    ),
    Entry(
        "a placement's field of a campaign", "faces/truth.py truth_document #2", "truth NL-1003 tracking_url", 2,
        "is a field of placements", "tracking_url", "Ask for NL-1003 / ",
    ),
    Entry(
        "history of no field", "faces/history.py history_document", "history NL-1003 flight_ende", 2,
        "no field is called", "'flight_ende'", "flight_end",
    ),
    Entry(
        "no such handoff", "faces/handing.py handoffs_document", "handoffs --handoff utm:landing", 2,
        "no handoff is called", "'utm:landing'", "Handoffs: briefs->",
    ),
    Entry(
        "no time", "faces/moments.py moment", "history --since soon", 2,
        "is no time", "--since 'soon'", "an age (12h, 3d)",
    ),
    Entry(
        "conflicts of no source", "faces/conflicts.py _check", "conflicts --owner brief", 2,
        "is no source", "--owner 'brief'", "Known are: briefs",
    ),
    Entry(
        "no such flag", "faces/conflicts.py conflict_document", "conflicts show ss-NOSUCH", 2,
        "no flag has the id", "'ss-NOSUCH'", "`sheetsync conflicts`",
    ),
    Entry(
        "no name of a handoff", "faces/contract.py _find", "contract show briefs-", 2,
        "names no handoff", "'briefs-'", "Write it in quotes: ",
    ),
    Entry(
        "no such handoff", "faces/contract.py _find #2", "contract show briefs->landings", 2,
        "no handoff is called", "'briefs->landings'", "Did you mean 'briefs->landing'?",
    ),
    Entry(
        "no such contract", "faces/contract.py _find #3", "contract show briefs:landing.flight_ende", 2,
        "has no contract on", "'flight_ende'", "Did you mean 'flight_end'?",
    ),
    Entry("no such run", "faces/runs.py _named", "runs r9", 2, "no run is called", "'r9'", "`sheetsync runs`"),
    Entry(
        "a run that may be two", "faces/runs.py _named #2", "runs 20", 2,
        "more than one run", "'20'", "Type more of it: ", _ran_again,
    ),
    # ---- taking back, handing over, leaving
    Entry(
        "nothing to undo yet", "engine/undoing.py _named", "undo last", 2,
        "no run yet", "to undo", "Start with `sheetsync reconcile`", _no_run,
    ),
    Entry(
        "an undo of no run", "engine/undoing.py _named #2", "undo r9", 2,
        "no run is called", "'r9'", "`last` means that one",
    ),
    Entry(
        "an undo of an undo", "engine/undoing.py _footprint #2", "undo last", 2,
        "is an undo itself", "run ", "sheetsync reconcile --accept undone", _undone,
    ),
    Entry(
        "an undo of long ago", "engine/undoing.py _footprint", "undo {run}", 2,
        "too old to be undone", "run {run}", "No other run can be", _forgotten,
    ),
    Entry(
        "an undo once more", "engine/undoing.py _footprint #3", "undo {run}", 2,
        "was undone already", "run {run}", "can be", _undone,
    ),
    Entry(
        "an undo of nothing", "engine/undoing.py _footprint #4", "undo last", 2,
        "wrote and recorded nothing", "run ", "`sheetsync undo ", _ran_again,
    ),
    Entry(
        "adopting for no source", "faces/ours.py _source", "adopt brief tracking_url", 2,
        "no source is called", "'brief'", "Sources: briefs",
    ),
    Entry(
        "adopting in a table", "faces/ours.py _source #2", "adopt official offer", 2,
        "a table of the system of record", "official", "Sources with a sheet: briefs",
    ),
    Entry(
        "adopting without columns", "engine/adopting.py _check", "adopt landing tracking_url", 2,
        "no columns of ours", "landing", "`sources.landing.mode: columns`",
    ),
    Entry(
        "adopting what is not generated", "engine/adopting.py _check #2", "adopt utm offer", 2,
        "is not generated for utm", "offer", "generated: tracking_url",
    ),
    Entry(
        "adopting a key", "engine/adopting.py _check #3", "adopt briefs campaign_id", 2,
        "part of the key of briefs", "campaign_id", "Adopt another field",
    ),
    Entry(
        "adopting while a guard holds", "engine/adopting.py adopt #2", "adopt utm tracking_url", 12,
        "nothing was ever written", "UTM builder (source utm)", "--accept first_write:utm", fresh=True,
    ),
    Entry(
        "adopting what has no column", "engine/adopting.py _column", "adopt utm utm_campaign", 14,
        "no column of its own for utm_campaign", "UTM builder (source utm)", "`sources.utm.columns.utm_campaign`",
        _edited("sources.yaml", "generated: [tracking_url]", "generated: [tracking_url, utm_campaign]"),
    ),
    Entry(
        "adopting beside merged keys", "engine/adopting.py _column #2", "adopt utm tracking_url", 14,
        "no columns of ours can stand", "UTM builder (source utm)", "Change that there first", _merged_keys,
    ),
    Entry(
        "leaving nothing", "faces/ours.py detach_document", "detach", 2,
        "say what to leave", "`sheetsync detach SOURCE", "--all",
    ),
    Entry(
        "leaving another installation's", "engine/leaving.py _refusal", "detach utm", 12,
        "another installation", "UTM builder", "sheetsync detach --spreadsheet", _another_installation, goes_on=True,
    ),
    # ---- the sandbox, the demo, the probe
    Entry(
        "a probe in a source", "faces/probe.py probe_document", f"probe --spreadsheet {BRIEFS}", 2,
        "your source 'briefs' is in it", BRIEFS, "Create a blank one",
    ),
    Entry(
        "a probe of no spreadsheet", "adapters/google_probe/wire.py checked_id", "probe --spreadsheet ../x", 2,
        "no spreadsheet id", "'../x'", "between /d/ and /edit",
    ),
    Entry(
        "a probe nobody shared", "adapters/google_probe/scratch.py check_empty", "probe --spreadsheet 1Nobody", 14,
        "no spreadsheet with id", "1Nobody", "share it with sheetsync@",
    ),
    Entry(
        "a demo in a file", "faces/demo.py _make_empty", "demo --folder {place}/config/sources.yaml", 2,
        "cannot be made", "sources.yaml", "Name another folder",
    ),
    Entry(
        "a demo in a full folder", "faces/demo.py _make_empty #2", "demo --folder {place}/config", 2,
        "is not empty", "{place}/config", "Name another folder",
    ),
    Entry(
        "a demo whose sandbox fails", "faces/demo.py _sandbox", "demo --folder {place}/new", 1,
        "the sandbox did not start", "{place}/new", "`sheetsync sandbox --port 0`", _env(PYTHONHOME="{place}/nowhere"),
    ),
    Entry(
        "a sandbox without a story", "faces/sandbox.py serve_sandbox",
        "sandbox --port 0 --accounts {place}/a --story {place}", 1,
        "no story here", "{place}", "expected WORKBOOK/workbook.yaml",
    ),
    Entry(
        "no link to a cell", "faces/sandbox.py _linked", "sandbox edit NL-1003 x", 2,
        "no link to a cell", "in the sandbox", "ends in #gid=",
    ),
    Entry(
        "no key of a person", "faces/sandbox.py _act",
        f"sandbox sort '{{base}}/spreadsheets/d/{BRIEFS}/edit#gid=0&range=A1' --as {{place}}/none.json", 1,
        "no key file this sandbox issued", "{place}/none.json", "--as",
    ),
    Entry(
        "a fault nobody knows", "faces/faults.py _told", "sandbox fault add 510 --accounts {place}/accounts", 2,
        "no kind of fault", "`510`", "fault add --help",
    ),
    Entry(
        "a fault in no sandbox", "faces/faults.py _told #2", "sandbox fault list --accounts {place}/config", 1,
        "no sandbox was started", "{place}/config", "`sheetsync sandbox`",
    ),
    Entry(
        "an import of nothing", "faces/exchange.py import_document",
        "sandbox import {place}/none.xlsx --state {place}/new.db", 2,
        "no such file or folder", "{place}/none.xlsx", "Name an .xlsx or .csv file",
    ),
    Entry(
        "an import of no workbook", "faces/exchange.py import_document #2",
        "sandbox import {place}/plan.xlsx --state {place}/new.db", 1,
        "this is no .xlsx file", "{place}/plan.xlsx", "save it as one", _no_workbook,
    ),
    Entry(
        "an export from no state", "faces/exchange.py export_document",
        "sandbox export Plan --state {place}/none.db --to {place}/plan.xlsx", 2,
        "no such state file", "{place}/none.db", "what --state named",
    ),
    Entry(
        "an export of nothing", "faces/exchange.py export_document #2",
        "sandbox export Plan --state {place}/new.db --to {place}/plan.xlsx", 1,
        "no spreadsheet", "'Plan'", "there: ", _empty_state,
    ),
)
# fmt: on


_CLIENT, _SHEETS = "tests/adapters/test_google_client.py::", "tests/adapters/test_google_sheets.py::"
_DRIVE, _PROBE = "tests/adapters/test_drive_changes.py::", "tests/adapters/test_probe.py::"
_GUESSES = "tests/adapters/test_probe_sandbox.py::"
_NO_RIGHTS = "test_without_rights_in_drive_its_beliefs_are_unknown_with_the_reason_and_the_others_go_on"
_RECORDS, _NO_TABLE = "tests/adapters/test_records.py::", "test_a_csv_that_is_no_table_is_refused_and_the_table_stays"
_RECOVERY, _DAEMON = "tests/engine/test_recovery.py::", "tests/engine/test_daemon.py::"

#: place -> the test that meets it; the problems of a configuration (`findings.report`) are those of tests/config
_INIT = "tests/test_init.py::"
_WRITTEN = "tests/adapters/test_records_written.py::"
_FOLLOWING = "tests/engine/test_following.py::"
ELSEWHERE = {
    # An id is made with the ledger's own mark: no line of a table can know it.
    "engine/claiming.py answer": "tests/engine/test_claiming.py::test_what_is_over_takes_no_answer_and_says_why",
    # Another installation's workbook of decisions: there are none in the story.
    "engine/guarding.py troubles_of_ops": "tests/engine/test_decisions.py::"
    "test_another_installation_s_ops_workbook_is_left_alone_until_a_person_says_yes",
    # A CSV is loaded by the demo alone, and that one is ours.
    "adapters/csv_table.py read_csv": _RECORDS + "test_a_csv_that_is_not_there_is_refused",
    "adapters/csv_table.py read_csv #2": _RECORDS + _NO_TABLE,
    "adapters/csv_table.py _header": _RECORDS + _NO_TABLE,
    "adapters/csv_table.py _header #2": _RECORDS + _NO_TABLE,
    "adapters/csv_table.py _header #3": _RECORDS + _NO_TABLE,
    "adapters/csv_table.py _rows": _RECORDS + _NO_TABLE,
    "adapters/csv_table.py _rows #2": _RECORDS + _NO_TABLE,
    "adapters/csv_table.py _rows #3": _RECORDS + _NO_TABLE,
    "adapters/sql_records.py _writing": _RECORDS + "test_a_csv_is_not_loaded_into_a_companys_database",
    "adapters/sql_records.py _writing #2": "tests/errors/test_beyond.py::test_a_table_is_not_made_where_a_file_is",
    # Lines of a table, and what may be wrong with them in the moment they are written.
    "adapters/sql_following.py put": _WRITTEN + "test_there_must_be_such_a_column_and_such_a_table",
    "adapters/sql_following.py put #2": _WRITTEN + "test_a_key_is_never_written",
    "adapters/sql_following.py put #3": _WRITTEN + "test_a_line_without_primary_key_is_found_by_its_configured_key",
    "adapters/sql_following.py _look_at": _WRITTEN + "test_a_column_that_cuts_what_is_put_into_it_stops_every_line",
    "adapters/sql_following.py _look_at #2": _WRITTEN + "test_a_version_that_somebody_holds_still_stops_every_line",
    "adapters/sql_following.py _moved": _FOLLOWING + "test_a_line_that_moved_is_not_written_nor_is_any_other",
    "adapters/sql_following.py _formed": _WRITTEN + "test_what_a_column_cannot_hold_stops_every_line",
    "adapters/sql_records.py examine_writing": _WRITTEN + "test_rights_are_examined_without_changing_anything",
    "adapters/sql_records.py _changing": _WRITTEN + "test_there_must_be_such_a_column_and_such_a_table",
    "engine/following.py _held_to": _FOLLOWING + "test_a_saved_plan_is_refused_once_a_version_has_moved",
    # Told after the first questions, so below what was said of the sheets.
    "faces/dialogue.py __call__": _INIT + "test_a_question_without_an_answer_is_named",
    "faces/dialogue.py __call__ #2": _INIT + "test_an_answer_that_is_none_is_refused",
    "faces/dialogue.py check": _INIT + "test_an_answer_to_no_question_is_refused",
    "faces/initiating.py _season": _INIT + "test_a_season_that_is_no_day_is_refused",
    "faces/initiating.py run_init": _INIT + "test_where_no_tab_is_taken_there_is_no_configuration",
    # A network that breaks off, and a Google that is busy.
    "adapters/drive_changes.py versions": _DRIVE + "test_a_listing_without_end_is_not_followed_for_ever",
    "adapters/drive_changes.py _listed": _DRIVE + "test_a_listing_without_end_is_not_followed_for_ever",
    "adapters/drive_changes.py _refuse": _DRIVE + "test_trouble_is_one_line_that_says_what_to_do",
    "adapters/drive_changes.py _refuse #2": _DRIVE + "test_trouble_is_one_line_that_says_what_to_do",
    "adapters/google_client.py token_trouble": _CLIENT + "test_without_a_token_nothing_was_sent",
    "adapters/google_client.py __call__": _CLIENT + "test_without_a_token_nothing_was_sent",
    "adapters/google_client.py send": "tests/errors/test_beyond.py::test_a_sandbox_sends_nobody_elsewhere",
    "adapters/google_errors.py silence": _SHEETS
    + "test_a_certificate_that_is_not_trusted_stops_the_request_before_it_is_sent",
    "adapters/google_errors.py silence #2": _CLIENT + "test_without_a_token_nothing_was_sent",
    "adapters/google_errors.py silence #3": "tests/errors/test_beyond.py::test_without_a_network_the_network_is_named",
    "adapters/google_errors.py _answered": _SHEETS + "test_a_wish_to_be_left_alone_is_passed_on",
    "adapters/google_errors.py _answered #2": _SHEETS + "test_trouble_is_told_by_what_may_be_done_about_it",
    "adapters/google_errors.py _answered #3": _CLIENT + "test_a_token_refused_for_ever_is_told_with_the_account",
    "adapters/google_errors.py _unsure": _CLIENT + "test_every_message_is_one_line_without_token_or_key",
    "adapters/google_errors.py _unsure #2": "tests/adapters/test_google_port.py::"
    "test_a_lost_answer_says_so_although_the_write_was_applied",
    "adapters/google_errors.py _forbidden #3": _SHEETS + "test_trouble_is_told_by_what_may_be_done_about_it",
    "adapters/google_sheets.py _origin": _CLIENT + "test_a_sandbox_elsewhere_is_refused",
    "adapters/retrying.py _patiently": "tests/adapters/test_retrying.py::"
    "test_after_the_last_attempt_one_line_tells_what_was_tried",
    # Who looks on while somebody else is at work, or dies.
    "adapters/sql_leases.py renew": "tests/adapters/test_leases.py::"
    "test_an_expired_lease_is_taken_over_and_stays_with_its_new_holder",
    "adapters/sql_deciding.py keep": "tests/adapters/test_ledger.py::"
    "test_a_decision_that_another_run_has_judged_is_not_taken_twice",
    "engine/resolving.py _judged": "tests/engine/test_resolving.py::"
    "test_a_remainder_of_a_decision_is_not_decided_again",
    "adapters/sql_ledger.py _refuse_the_dead": "tests/adapters/test_ledger.py::"
    "test_a_run_whose_batches_another_one_has_settled_commits_nothing",
    "engine/writing.py _apply": _RECOVERY + "test_what_was_seen_is_told_exactly_once_in_any_sequence_of_mishaps",
    "engine/writing.py _arrived #2": _RECOVERY + "test_a_stranger_under_the_same_number_is_not_taken_for_us",
    "engine/adopting.py _taking": "tests/engine/test_leaving.py::"
    "test_an_offer_that_came_to_stand_on_another_column_takes_nothing_and_goes_with_the_next_cycle",
    "engine/leaving.py _refusal #2": "tests/engine/test_handing_back.py::"
    "test_an_adopted_column_that_shows_an_error_is_not_handed_back_before_it_is_repaired",
    "engine/undoing.py _another": "tests/engine/test_undoing.py::test_another_installations_workbook_is_left_to_it",
    # The daemon's turns, and what the probe meets in the middle.
    "engine/daemon.py _trouble": _DAEMON
    + "test_a_workbook_that_never_shows_what_was_written_is_written_more_and_more_rarely",
    "engine/known.py apply": _DAEMON + "test_a_batch_for_what_this_cycle_has_not_read_is_never_sent",
    "adapters/google_probe/scratch.py check_empty #2": _PROBE + "test_a_spreadsheet_that_holds_anything_is_left_alone",
    "adapters/google_probe/drive.py file": _GUESSES
    + "test_an_account_that_owns_no_storage_leaves_unknown_what_needs_a_file_and_is_no_trouble",
    "adapters/google_probe/drive.py _shares": _GUESSES + "test_who_may_not_share_the_spreadsheet_is_told_so",
    "adapters/google_probe/wire.py _once_of_drive": _GUESSES + _NO_RIGHTS,
    "adapters/google_probe/wire.py _once_of_drive #2": _GUESSES + _NO_RIGHTS,
    "adapters/google_probe/wire.py _once_of_drive #3": _GUESSES + _NO_RIGHTS,
    "adapters/google_probe/wire.py _refusal": _PROBE
    + "test_a_reader_is_told_to_have_it_shared_as_editor_and_nothing_is_tried",
}

#: place -> why no test brings it about; as few as can be
UNSEEN = {
    "adapters/sql_records.py _changing #2": "a database that fails at the very end of a transaction",
    "adapters/seen_sheets.py apply": "a dry run writes nothing",
    "adapters/google_default.py _found #3": "a kind of trouble google-auth does not name",
    "adapters/google_probe/scratch.py borrowed": "interrupted, and then not allowed to clean up",
    "adapters/google_probe/wire.py _patiently": "a minute of waiting by the real clock",
    "engine/adopting.py adopt": "whatever hides a source leaves a trouble of its own, which is told instead",
    "engine/adopting.py _tab": "a tab that was read a moment ago is in what was read",
    "engine/known.py read": "a read is asked for only while there is time; the lookout looks before",
    "engine/leaving.py _left": "six writes in a row accepted, and each time something of ours is back",
    "engine/writing.py _arrived": "a lost answer, and then no answer to the question about it",
}
