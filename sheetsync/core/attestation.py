"""Whether nobody but those named could have given an approval, as far as the sheet's own protection shows it.

Attested is less than proven: the file's owner may always edit, and who may share a file may change its protection. A
range that only warns stops nobody. Where several ranges lie over one cell, whoever edits it must pass them all, so one
that lets nobody else through is enough.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sheetsync.core.graph import Approval
from sheetsync.core.model import Editors, Place, Protection, Tab

NOBODY_NAMED = "`approvers` names nobody who may give it"
IN_A_TABLE = "it stands in a table, where no cell is protected for single people"
NOT_PROTECTED = "its cell is in no protected range"
ONLY_WARNED = "its cell is in no protected range: one that only warns stops nobody"
NOT_SHOWN = "who may edit its cell is shown only to those who may, and we may not"
OURSELVES = "sheetsync itself may edit it"
EVERYBODY = "everybody of the domain may edit it"
NONE_OF_THEM = "none of `approvers` is among those who may edit it"
AS_OWNER = "as the file's owner sheetsync's account may edit it, too"

#: so many addresses are named
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Attestation:
    """The verdict on one approving cell."""

    attested: bool
    #: why not; or, of one that is, what has to be known with it
    why: str = ""


#: of what nobody has granted
NOTHING_TO_ATTEST = Attestation(False)


@dataclass(frozen=True, slots=True)
class Accounts:
    """Addresses, folded; empty where nobody says."""

    #: as whom we read
    ours: str = ""
    #: of the file
    owner: str = ""


def attest(approval: Approval, place: Place, tab: Tab | None, accounts: Accounts) -> Attestation:
    """Whether only those who may give it, and the file's owner, may edit the approving cell."""
    if not approval.approvers:
        return Attestation(False, NOBODY_NAMED)
    if place.tab_id is None:
        return Attestation(False, IN_A_TABLE)
    around = [one for one in tab.protections if protects(one, place)] if tab is not None else []
    stopping = [one for one in around if not one.warning_only]
    if not stopping:
        return Attestation(False, ONLY_WARNED if around else NOT_PROTECTED)
    verdicts = [_through(one, frozenset(approval.approvers), accounts) for one in stopping]
    # The one that lets fewest through says best what is missing; the order of ranges says nothing.
    return min(verdicts, key=lambda one: (not one.attested, one.why == NOT_SHOWN, one.why))


def asks_for_owner(approval: Approval, place: Place, tab: Tab | None) -> bool:
    """Whether it matters who owns the file: somebody may edit the cell who is not named as an approver."""
    around = (one for one in tab.protections if protects(one, place)) if tab is not None else ()
    shown = ((one, one.editors) for one in around if one.editors is not None and not one.warning_only)
    return any(one.editable_by_us or editors.users - {*approval.approvers} for one, editors in shown)


def protects(one: Protection, place: Place) -> bool:
    """Whether a range lies over a cell, and no hole of it does."""
    if place.row is None or place.column is None:
        return False
    holes = any(hole.holds(place.row, place.column) for hole in one.unprotected)
    return not holes and (one.block is None or one.block.holds(place.row, place.column))


def _through(one: Protection, approvers: frozenset[str], accounts: Accounts) -> Attestation:
    if one.editors is None:
        return Attestation(False, NOT_SHOWN)
    why = next(_others(one, one.editors, approvers, accounts), "")
    return Attestation(False, why) if why else Attestation(True, AS_OWNER if one.editable_by_us else "")


def _others(one: Protection, editors: Editors, approvers: frozenset[str], accounts: Accounts) -> Iterator[str]:
    """What lets somebody through who may not give it, gravest first."""
    own = accounts.ours != "" and accounts.ours == accounts.owner
    if accounts.ours in editors.users and not own:
        yield OURSELVES
    if editors.domain:
        yield EVERYBODY
    if groups := editors.groups - approvers:
        yield f"nobody sees from here who is in {_some(groups)}, who may edit it"
    if others := editors.users - approvers - {accounts.owner}:
        yield f"{_some(others)} may edit it and may not give it"
    if one.editable_by_us and not own and (editors.groups or accounts.owner):
        # Not named and not the owner, and yet we may: through a group.
        yield OURSELVES
    if not approvers & (editors.users | editors.groups | {accounts.owner}):
        yield NONE_OF_THEM


def _some(addresses: frozenset[str]) -> str:
    shown = sorted(addresses)
    more = f" and {len(shown) - _NAMED} more" if len(shown) > _NAMED else ""
    return ", ".join(shown[:_NAMED]) + more
