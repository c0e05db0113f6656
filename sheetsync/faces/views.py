"""A run at a person's word, as the document it is published as."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.contracts import report
from sheetsync.core.scope import Scope
from sheetsync.core.seal import Seal
from sheetsync.core.truth import Known, Truths
from sheetsync.engine.cycle import reconcile
from sheetsync.engine.documents import record_name, run_document
from sheetsync.engine.world import Request, Run, World
from sheetsync.faces.accepting import accepted

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Reconciled:
    """One cycle: the published document, and what people call each campaign in it."""

    document: Document
    #: campaign as records name it -> "Black Friday Weekend, Harlow & Finch"
    headings: Mapping[str, str]
    run: Run

    # Every word of every sheet goes into these two, and most runs ask for neither.

    @cached_property
    def seal(self) -> Seal:
        """What it would write, or has written."""
        return self.run.seal

    @cached_property
    def report(self) -> str:
        """What each copy would have to become, as DeepDiff tells it."""
        return report(self.run.decided.compared, self.run.readings.rules)


def reconcile_now(
    config: Config,
    dry_run: bool,
    accept: Iterable[str],
    only: str = "",
    sealed: tuple[Seal, Scope] | None = None,
    tell: Callable[[str], None] | None = None,
    wait: bool = True,
) -> Reconciled:
    """Run one cycle; `accept` and `only` as people type them. Raises `UsageError` where they name nothing.

    Without `wait` half-typed values count as they are.
    """
    seal, scope = sealed or (None, scope_of(only, config))
    # What a person has looked at is written as it is, or refused.
    settle_seconds = config.google.settle_seconds if wait and seal is None else 0.0
    request = Request(dry_run, accepted(accept, config.rules), scope, seal, settle_seconds)
    world = wiring.world(config, dry_run, tell)
    return told(reconcile(world, config.rules, request), world)


def told(run: Run, world: World) -> Reconciled:
    """A cycle that has run in some world."""
    return Reconciled(run_document(run, world.link), _headings(run), run)


def scope_of(only: str, config: Config) -> Scope:
    """What `--only` means: a source by its name, or else a campaign by its id."""
    return Scope(source=only) if only in config.rules.sources else Scope(campaign=only.strip())


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
