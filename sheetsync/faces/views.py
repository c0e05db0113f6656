"""A run at a person's word, as the document it is published as."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.truth import Known, Truths
from sheetsync.engine.cycle import reconcile
from sheetsync.engine.documents import record_name, run_document
from sheetsync.engine.world import Request, Run
from sheetsync.faces.accepting import accepted

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Reconciled:
    """One cycle: the published document, and what people call each campaign in it."""

    document: Document
    #: campaign as records name it -> "Black Friday Weekend, Harlow & Finch"
    headings: Mapping[str, str]


def reconcile_now(config: Config, dry_run: bool, accept: Iterable[str]) -> Reconciled:
    """Run one cycle; `accept` as people type it. Raises `UsageError` before anything is read when it names nothing."""
    request = Request(dry_run, accepted(accept, config.rules))
    world = wiring.world(config, dry_run)
    run = reconcile(world, config.rules, request)
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
