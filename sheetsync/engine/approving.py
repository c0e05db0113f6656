"""What is remembered of approvals: each as its row says it, since which run, and whether only its approvers could.

Facts about people's sheets, like observations: an undo leaves them, a run about one campaign takes them all down.
"""

from collections.abc import Callable, Iterator
from functools import cache

from sheetsync.core.approvals import Given, Standing
from sheetsync.core.attestation import NOTHING_TO_ATTEST, Accounts, Attestation, asks_for_owner, attest
from sheetsync.core.graph import Approval
from sheetsync.core.model import Place, Tab
from sheetsync.engine.world import Run, World
from sheetsync.ports import ApprovalSeen


def approvals_seen(world: World, run: Run) -> Iterator[ApprovalSeen]:
    """Every approval that is not as it was remembered, of sources that were read in this run."""
    remembered = run.readings.memory.approvals
    approvals = {one.name: one for one in run.readings.rules.approvals}
    owner = cache(world.owner)
    for one in run.decided.approvals:
        approval, was = approvals[one.given.approval], remembered.get(one.given.about)
        # What is away was seen before: it keeps the place it stood at.
        there = one.claim or was
        if there is not None and approval.source in run.snapshots.fresh:
            now = _seen(run, one.given, there.place, was, _attested(approval, one, run, owner))
            if now != was:
                yield now


def _seen(run: Run, given: Given, place: Place, was: ApprovalSeen | None, attestation: Attestation) -> ApprovalSeen:
    known = was if was is not None and given.is_still(was.given) else None
    taken = known.taken if known is not None and known.given.covered == given.covered else run.id
    since, first = (run.started, run.id) if known is None else (known.since, known.first)
    return ApprovalSeen(given, place, since, first, taken, attestation)


def _attested(approval: Approval, one: Standing, run: Run, owner: Callable[[str], str]) -> Attestation:
    if not one.given.granted or one.claim is None:
        return NOTHING_TO_ATTEST
    place = one.claim.place
    tab, ours = _tab(run, place)
    owned_by = owner(place.spreadsheet) if asks_for_owner(approval, place, tab) else ""
    return attest(approval, place, tab, Accounts(ours.casefold(), owned_by.casefold()))


def _tab(run: Run, place: Place) -> tuple[Tab | None, str]:
    """The tab as it was read, and as whom."""
    book = run.readings.workbooks.get(place.spreadsheet) if place.tab_id is not None else None
    return (book.tab(place.tab_id), book.read_as) if book is not None and place.tab_id is not None else (None, "")
