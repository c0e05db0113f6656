"""The documents behind commands that run or look: plain data, printed as text or JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.campaigns import fold_key
from sheetsync.core.truth import Known, Truths
from sheetsync.engine.cycle import reconcile
from sheetsync.engine.documents import cell_name, record_name, run_document
from sheetsync.engine.world import Request, Run
from sheetsync.errors import UsageError
from sheetsync.ports import Observation

Document = Mapping[str, Any]

VERSION = 1


@dataclass(frozen=True)
class Reconciled:
    """One cycle: the published document, and what people call each campaign in it."""

    document: Document
    #: campaign as records name it -> "Black Friday Weekend, Harlow & Finch"
    headings: Mapping[str, str]


def reconcile_now(config: Config, dry_run: bool, accept_empty: frozenset[str]) -> Reconciled:
    """Run one cycle."""
    if unknown := sorted(accept_empty - config.rules.sources.keys()):
        raise UsageError(f"no source is called {unknown[0]!r}.", f"Sources: {', '.join(config.rules.sources)}.")
    world = wiring.world(config, dry_run)
    run = reconcile(world, config.rules, Request(dry_run, accept_empty))
    return Reconciled(run_document(run, world.link), _headings(run))


def _headings(run: Run) -> dict[str, str]:
    rules = run.readings.rules
    truths = Truths(rules, run.matched, run.snapshots.unread)
    headings: dict[str, str] = {}
    for campaign in {item.campaign for item in run.matched.identified}:
        said = [truths.of(campaign, name) for name in ("campaign_name", "partner")]
        words = ", ".join(str(truth.value) for truth in said if isinstance(truth, Known))
        # A campaign whose id is only proposed goes by these words already.
        headings[record_name(campaign, run.matched)] = "" if campaign in run.matched.names else words
    return headings


def status_document(config: Config) -> Document:
    """Open flags and the last run."""
    ledger = wiring.past(config)
    last = ledger.last_run()
    return {
        "version": VERSION,
        "run": last
        and {
            "id": last.id,
            "started": last.started.isoformat(timespec="seconds"),
            "ended": last.ended.isoformat(timespec="seconds"),
            "exit_code": last.exit_code,
            "counts": dict(last.counts),
        },
        "flags": [{**flag.document, "since": flag.since.isoformat(timespec="seconds")} for flag in ledger.open_flags()],
    }


def truth_document(config: Config, key: str, field: str | None) -> Document:
    """Every place that claims a value of one record, as last seen."""
    rules = config.rules
    if field is not None and field not in rules.fields:
        raise UsageError(f"no field is called {field!r}.", f"Fields: {', '.join(rules.fields)}.")
    memory = wiring.past(config).memory()
    parts = [part.strip() for part in key.split("/")]
    # A campaign whose id is only proposed is known by its partner and name.
    record = memory.proposed_ids.get(" / ".join(map(fold_key, parts)), " / ".join(parts))
    observations = [o for o in memory.observations.values() if o.record.casefold() == record.casefold()]
    if not observations:
        raise UsageError(f"nothing was seen of {key!r}.", "`sheetsync status` lists what the last run saw.")
    names = [name for name in rules.fields if any(o.field == name for o in observations) and field in (None, name)]
    if not names:
        raise UsageError(f"no source maps {field!r} for {key!r}.")
    return {
        "version": VERSION,
        "record": observations[0].record,
        "fields": [_field(config, name, [o for o in observations if o.field == name]) for name in names],
    }


def _field(config: Config, name: str, observations: list[Observation]) -> Document:
    owner = config.rules.owners.get(name)
    value = next((o.value for o in observations if o.source == owner), None)
    return {
        "field": name,
        "label": config.rules.fields[name].label,
        "owner": owner,
        "value": value,
        "claims": [_claim(config, observation, value) for observation in observations],
    }


def _claim(config: Config, observation: Observation, truth: str | None) -> Document:
    kind = config.rules.fields[observation.field].type
    known = truth is not None and observation.value is not None
    place = observation.place
    return {
        "source": observation.source,
        "role": "owner" if config.rules.owners.get(observation.field) == observation.source else "copy",
        "spreadsheet": place.spreadsheet,
        "tab": place.tab,
        "cell": cell_name(place),
        "row": None if place.row is None else place.row + 1,
        "raw": observation.raw,
        "value": observation.value,
        "agrees": kind.same(kind.read(truth), kind.read(observation.value)) if known else None,  # type: ignore[arg-type]
        "since": observation.since.isoformat(timespec="seconds"),
        "link": _link(config, observation),
    }


def _link(config: Config, observation: Observation) -> str | None:
    if observation.place.tab_id is None:
        return None
    return wiring.link(config, observation.place)
