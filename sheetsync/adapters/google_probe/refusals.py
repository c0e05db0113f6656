"""Beliefs about how Google says no, and about what one account may see of another's protections."""

from sheetsync.adapters import google_requests
from sheetsync.adapters.google_errors import Complaint
from sheetsync.adapters.google_probe.belief import Promise, Verdict, belief, judged, said, unknown
from sheetsync.adapters.google_probe.scratch import Probed, Scratch
from sheetsync.adapters.google_probe.wire import Declined, Json, Wire
from sheetsync.core.changes import AddTab, Fence

#: shaped like an id, and nobody's
_NOBODYS = "1" + "sheetsync-probe-of-an-id-that-nobody-has_00"
_NO_SECOND = "needs --second-credentials FILE, of another account"


@belief(
    "unknown-ids-are-404",
    Promise.ERRORS,
    "A spreadsheet that does not exist is answered 404.",
    "a read of an id that nobody has",
)
def unknown_ids_are_404(scratch: Scratch) -> Verdict:
    answer = _read(scratch, _NOBODYS)
    return judged(answer is not None and answer.code == 404, said(answer))


@belief(
    "unshared-ids-are-403",
    Promise.ERRORS,
    "A spreadsheet that is not shared with the account is answered 403.",
    "a read of a spreadsheet that is not shared",
)
def unshared_ids_are_403(scratch: Scratch) -> Verdict:
    if scratch.unshared is None:
        return unknown("needs --unshared ID, which we may not read")
    answer = _read(scratch, scratch.unshared)
    return judged(answer is not None and answer.code == 403, said(answer))


@belief(
    "editors-see-editors",
    Promise.ERRORS,
    "Who may edit a protected range is told only to those who may; anybody else is told that they may not.",
    "a protected range; read by a second account that is no editor of it",
)
def editors_see_editors(scratch: Scratch) -> Verdict:
    if scratch.second is None:
        return unknown(_NO_SECOND)
    protection = _seen_by(scratch.second, _protected(scratch))
    if protection.get("requestingUserCanEdit"):
        return unknown(f"{scratch.second.account} may edit the range: is it the owner?")
    return judged("editors" not in protection, f"told: {', '.join(sorted(protection))}")


@belief(
    "editors-are-told-whole",
    Promise.ATTESTED,
    "Who may edit a protected range is told of everybody else who may, by their addresses.",
    "a protected range with two editors; read by the second account, which is one of them",
)
def editors_are_told_whole(scratch: Scratch) -> Verdict:
    if scratch.second is None:
        return unknown(_NO_SECOND)
    both = (scratch.account, scratch.second.account)
    protection = _seen_by(scratch.second, _protected(scratch, *both))
    named = protection.get("editors", {}).get("users", [])
    return judged({*map(str.casefold, both)} <= {*map(str.casefold, named)}, f"told: {', '.join(sorted(named))}")


@belief(
    "protected-ranges-are-400",
    Promise.ERRORS,
    "A write into a protected range is answered 400 and speaks of a `protected cell`.",
    "a protected range; written by a second account that is no editor of it",
)
def protected_ranges_are_400(scratch: Scratch) -> Verdict:
    if scratch.second is None:
        return unknown(_NO_SECOND)
    tab = _protected(scratch)
    if _seen_by(scratch.second, tab).get("requestingUserCanEdit"):
        return unknown(f"{scratch.second.account} may edit the range: is it the owner?")
    answer = scratch.refusal(tab.filled([["theirs"]]), wire=scratch.second)
    if answer is not None and answer.code == 403:
        return unknown(f"share the spreadsheet with {scratch.second.account} as Editor")
    holds = answer is not None and answer.code == 400 and "protected cell" in answer.message
    return judged(holds, said(answer))


@belief(
    "warnings-stop-no-program",
    Promise.QUIET,
    "A protection that only warns does not stop a program: another account of the team can keep our tab too.",
    "a tab under a warning; written by a second account",
)
def warnings_stop_no_program(scratch: Scratch) -> Verdict:
    if scratch.second is None:
        return unknown(_NO_SECOND)
    tab = scratch.tab()
    scratch.batch(*google_requests.requests(AddTab(tab.id, tab.title, tab.rows, tab.columns)))
    answer = scratch.refusal(tab.filled([["theirs"]]), wire=scratch.second)
    if answer is not None and answer.code == 403:
        return unknown(f"share the spreadsheet with {scratch.second.account} as Editor")
    return judged(answer is None, said(answer))


@belief(
    "fences-are-seen-by-others",
    Promise.ONCE,
    "Metadata of visibility DOCUMENT is seen by every account, so that two accounts of a team share one fence.",
    "a fence; read by a second account",
)
def fences_are_seen_by_others(scratch: Scratch) -> Verdict:
    if scratch.second is None:
        return unknown(_NO_SECOND)
    fence = scratch.new_id()
    scratch.batch(*google_requests.requests(Fence(fence, 1)))
    seen = scratch.second.get("developerMetadata.metadataId").get("developerMetadata", [])
    project = "the same" if _domain(scratch.account) == _domain(scratch.second.account) else "another"
    return judged(fence in [each["metadataId"] for each in seen], f"{len(seen)} seen; account of {project} project")


def _domain(account: str) -> str:
    return account.partition("@")[2]


@belief(
    "busy-means-not-applied",
    Promise.ONCE,
    "A request answered 409 or 429 applied nothing.",
    "nothing: neither answer can be had without a harmful number of requests",
)
def busy_means_not_applied(scratch: Scratch) -> Verdict:  # noqa: ARG001 (every check gets one)
    return unknown("cannot be tried without using up the quota")


def _read(scratch: Scratch, spreadsheet: str) -> Complaint | None:
    try:
        scratch.get("spreadsheetId", spreadsheet=spreadsheet)
    except Declined as declined:
        return declined.complaint
    return None


def _protected(scratch: Scratch, *editors: str) -> Probed:
    tab = scratch.tab()
    protection = {"range": tab.block(0, 5, 0, 2), "editors": {"users": list(editors or (scratch.account,))}}
    scratch.batch(tab.added, {"addProtectedRange": {"protectedRange": protection}})
    return tab


def _seen_by(wire: Wire, tab: Probed) -> Json:
    answer = wire.get("sheets.protectedRanges", f"'{tab.title}'")
    seen: Json = answer["sheets"][0]["protectedRanges"][0]
    return seen


BELIEFS = (
    unknown_ids_are_404,
    unshared_ids_are_403,
    editors_see_editors,
    editors_are_told_whole,
    protected_ranges_are_400,
    warnings_stop_no_program,
    fences_are_seen_by_others,
    busy_means_not_applied,
)
