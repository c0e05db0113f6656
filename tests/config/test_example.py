"""The example configuration, the schema that goes with it, and what loading it may drag in."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date

import jsonschema
from ruamel.yaml import YAML

from sheetsync.config import json_schema, load
from sheetsync.config.freeze import fingerprint
from sheetsync.config.schema import SCHEMA_FILE
from sheetsync.config.settings import DaemonSettings
from sheetsync.config.shape import Shape
from sheetsync.core.fields import KINDS, field_type
from sheetsync.core.graph import Mode, SheetTab, Table, Visibility
from sheetsync.core.model import Entity
from sheetsync.core.terms import Contract, Severity
from tests.config.conftest import EXAMPLE, SHIPPED, Folder

BRIEFS = "1NorthlightPartnerBriefsQ42026demo00000001"


def test_what_ships_as_an_example_is_complete() -> None:
    assert load(SHIPPED, {}).rules.sources


def test_the_example_is_a_complete_configuration() -> None:
    config = load(EXAMPLE, {})
    rules = config.rules
    briefs, utm = rules.sources["briefs"], rules.sources["utm"]
    assert briefs.location == SheetTab(BRIEFS, 0)
    assert (briefs.mode, briefs.readers_see, briefs.rows_are) == (Mode.COLUMNS, Visibility.FIELDS, Entity.CAMPAIGN)
    assert briefs.columns["campaign_id"] == ("Campaign ID", "Ref")
    assert briefs.columns["partner"] == ("Partner",)
    assert (utm.key, utm.match) == (
        ("campaign_id", "channel", "slot"),
        (("campaign_id",), ("partner", "campaign_name")),
    )
    assert rules.sources["official"].location == Table("campaigns")
    assert rules.owners["offer"] == "briefs"
    assert [handoff.id for handoff in rules.handoffs] == [
        *("briefs->official", "briefs->landing", "briefs->utm", "landing->utm"),
    ]
    assert rules.handoffs[3].contracts["tracking_url"] is Contract.GENERATED
    assert rules.aliases["partner"]["Café Zürich"] == ("Cafe Zuerich", "Cafe Zurich")
    assert (rules.severity("offer"), rules.severity("partner")) == (Severity.HIGH, Severity.MEDIUM)
    assert rules.templates["campaign_id"] == "NL-{number:04d}"
    assert rules.tracking.hosts == ("www.northlight.example", "*.northlight-offers.example")
    assert rules.media["paid_search"] == "cpc"
    assert rules.season == date(2026, 12, 1)
    assert rules.fields["budget"].human_only
    assert rules.fields["channel"].of is Entity.PLACEMENT
    assert config.ledger == EXAMPLE / "state/ledger.db"
    assert config.records_url == f"sqlite:///{EXAMPLE}/state/records.db"
    assert (config.google.timeout_seconds, config.google.retry_budget_seconds) == (30, 60)
    assert rules.fingerprint == config.fingerprint


def test_the_daemons_settings_are_in_seconds_and_the_example_spells_out_the_defaults(folder: Folder) -> None:
    default = folder.load().daemon
    assert load(SHIPPED, {}).daemon == default == DaemonSettings()
    folder.append("sheetsync.yaml", "\ndaemon: {interval_seconds: 300, sweep_minutes: 2, reads_per_minute: 7}\n")
    daemon = folder.load().daemon
    assert (daemon.rhythm.interval, daemon.rhythm.slowest, daemon.rhythm.sweep) == (300, 300, 120)
    assert (daemon.reads_per_minute, daemon.writes_per_minute) == (7, None)


def test_an_own_field_stands_beside_the_shipped_ones(folder: Folder) -> None:
    folder.append(
        "handoffs.yaml",
        "\nfields:\n  teaser: {label: Teaser, type: code, of: campaign, case_sensitive: true}\n"
        "  partner: {label: Marke, type: text, of: campaign}\n",
    )
    fields = folder.load().rules.fields
    assert fields["teaser"].type.same("AbC", "ABC") is False
    assert fields["partner"].label == "Marke"
    assert fields["offer"].label == "Offer"


def test_a_whole_address_names_spreadsheet_and_tab(folder: Folder) -> None:
    for address in (
        f"https://docs.google.com/spreadsheets/d/{BRIEFS}/edit?gid=12#gid=12",
        f"https://docs.google.com/spreadsheets/u/1/d/{BRIEFS}/edit#gid=12",
    ):
        folder.write(
            "sources.yaml",
            (EXAMPLE / "sources.yaml")
            .read_text(encoding="utf-8")
            .replace(f"spreadsheet: {BRIEFS}\n    tab_id: 0", f"spreadsheet: {address}"),
        )
        assert folder.load().rules.sources["briefs"].location == SheetTab(BRIEFS, 12)


def test_off_may_be_written_without_quotes_even_for_readers_of_the_old_yaml(folder: Folder) -> None:
    folder.change("sources.yaml", 'writes: "off"', "writes: off")
    plain = folder.load()
    folder.change("sources.yaml", "writes: off", "writes: false")
    assert plain.rules == folder.load().rules


def test_links_are_no_duty(folder: Folder) -> None:
    """A team that wants its dates compared and nothing else configures nothing else."""
    for file in ("handoffs.yaml", "tracking.yaml"):
        (folder.path / file).unlink()
    folder.write(
        "sources.yaml",
        "sources:\n  briefs:\n    team: T\n    spreadsheet: abc\n    tab_id: 0\n    rows_are: campaign\n"
        "    key: [campaign_id]\n    match: [[campaign_id]]\n    columns: {campaign_id: ID, flight_start: Start}\n",
    )
    source = folder.load().rules.sources["briefs"]
    assert (source.mode, source.readers_see, source.title) == (Mode.OBSERVE, Visibility.FIELDS, "briefs")


def test_the_schema_beside_the_example_is_up_to_date() -> None:
    written = json.loads((SHIPPED / SCHEMA_FILE).read_text(encoding="utf-8"))
    assert written == json_schema(), "run `python -m sheetsync.config.schema`"


def test_the_schema_takes_every_file_of_the_example_and_refuses_a_misspelt_setting() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    validator = jsonschema.Draft202012Validator(json_schema())
    for file in (*EXAMPLE.glob("*.yaml"), *SHIPPED.glob("*.yaml")):
        content = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
        validator.validate(json.loads(json.dumps(content, default=str)))
    assert not validator.is_valid({"googel": {}})
    assert not validator.is_valid({"google": {"timeout": 3}})
    assert validator.is_valid({})


def test_every_setting_is_described() -> None:
    assert [name for name, schema in _settings(json_schema()) if len(str(schema.get("description", ""))) < 15] == []


def test_every_kind_of_field_can_be_configured() -> None:
    offered = Shape.model_json_schema()["$defs"]["FieldShape"]["properties"]["type"]["enum"]
    assert tuple(offered) == KINDS
    assert [field_type(kind, {"a": ()}).kind for kind in KINDS] == list(KINDS)


def test_the_fingerprint_is_the_contents_alone(folder: Folder) -> None:
    first = folder.load().fingerprint
    sheetsync = (folder.path / "sheetsync.yaml").read_text(encoding="utf-8")
    (folder.path / "sheetsync.yaml").unlink()
    folder.write(
        "zz.yaml", "# moved\n" + "\n".join(line for line in sheetsync.splitlines() if not line.startswith("#"))
    )
    assert folder.load({"SHEETSYNC_LEDGER": "elsewhere.db"}).fingerprint == first
    folder.change("sources.yaml", "team: Web", "team: Net")
    assert folder.load().fingerprint != first


def test_the_fingerprint_does_not_depend_on_the_order_of_keys() -> None:
    head = {"version": 1, "sources": {}}
    first, second = {"owners": {"a": "x", "b": "y"}, **head}, {**head, "owners": {"b": "y", "a": "x"}}
    assert fingerprint(Shape.model_validate(first)) == fingerprint(Shape.model_validate(second))


def test_loading_a_configuration_needs_none_of_the_heavy_libraries() -> None:
    code = (
        "import sys; from pathlib import Path; from sheetsync.config import load; load(Path(sys.argv[1]), {});"
        "sys.exit(repr({'pandas', 'gspread', 'deepdiff', 'sqlalchemy', 'tenacity'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(EXAMPLE)], capture_output=True, text=True, check=False)
    assert done.stderr == "set()\n"


def _settings(schema: dict[str, object]) -> Iterator[tuple[str, dict[str, object]]]:
    definitions = schema.get("$defs")
    models = [schema, *(definitions.values() if isinstance(definitions, dict) else [])]
    for model in models:
        for name, setting in model.get("properties", {}).items():
            yield f"{model['title']}.{name}", setting
