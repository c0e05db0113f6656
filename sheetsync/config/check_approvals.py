"""Checks of approvals: rows that say yes or no, in words there are, about fields somebody owns."""

import re
from typing import Final

from sheetsync.config.check_sources import claimed_in, report_unmapped
from sheetsync.config.check_terms import check_owned, check_words_of
from sheetsync.config.findings import Where
from sheetsync.config.scope import Scope
from sheetsync.config.shape import ApprovalShape

_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def check_approvals(scope: Scope) -> None:
    """Every approval by itself."""
    for name, approval in scope.shape.approvals.items():
        where: Where = ("approvals", name)
        known = scope.knows_source((*where, "source"), approval.source)
        if scope.knows_field((*where, "state"), approval.state):
            _check_state(scope, where, approval.source if known else None, approval.state, approval.granted)
        if not approval.covers and not scope.findings.doubtful((*where, "covers")):
            scope.findings.report((*where, "covers"), "covers no field")
        for number, field in enumerate(approval.covers):
            here = (*where, "covers", number)
            if scope.knows_field(here, field):
                check_owned(scope, here, field)
            if field in (approval.state, approval.who, approval.when):
                scope.findings.report(here, f"'{field}' is the approval itself; name what is approved")
            if field in approval.covers[:number]:
                scope.findings.report(here, f"names '{field}' twice")
        _check_told_by(scope, where, approval, known)
        _check_claims(scope, where, approval)


def _check_told_by(scope: Scope, where: Where, approval: ApprovalShape, known: bool) -> None:
    """Who gave it and when stand in the approving row; who may give it is an address."""
    for setting, name in (("who", approval.who), ("when", approval.when)):
        here = (*where, setting)
        if name is None or not scope.knows_field(here, name) or not known:
            continue
        if not claimed_in(scope, approval.source, name):
            report_unmapped(scope, here, approval.source, name)
    if (
        approval.when is not None
        and approval.when in scope.fields
        and scope.fields[approval.when].type not in ("day", "moment")
    ):
        scope.findings.report((*where, "when"), f"'{approval.when}' is no day and no moment")
    for number, address in enumerate(approval.approvers):
        if not _ADDRESS.fullmatch(address) and not scope.findings.doubtful((*where, "approvers", number)):
            scope.findings.report((*where, "approvers", number), "is no e-mail address")
        if address.casefold() in map(str.casefold, approval.approvers[:number]):
            scope.findings.report((*where, "approvers", number), f"names '{address}' twice")
    if approval.approvers and known and scope.shape.sources[approval.source].table is not None:
        problem = f"'{approval.source}' is a table, where no cell is protected: who gave it can never be attested"
        scope.findings.report((*where, "approvers"), problem)


def _check_claims(scope: Scope, where: Where, approval: ApprovalShape) -> None:
    """What repeats an approval stands in another source, and knows the same words."""
    for source, name in approval.claims.items():
        here = (*where, "claims", source)
        if not scope.knows_source(here, source) or not scope.knows_field(here, name):
            continue
        if source == approval.source:
            scope.findings.report(here, "is where the approval itself stands")
        elif not claimed_in(scope, source, name):
            report_unmapped(scope, here, source, name)
        elif scope.fields[name].type not in ("choice", "checkbox"):
            scope.findings.report(here, f"'{name}' is of type {scope.fields[name].type}; it must be a choice")
        else:
            check_words_of(scope, here, name, approval.granted)


def _check_state(scope: Scope, where: Where, source: str | None, state: str, granted: list[str]) -> None:
    if source is not None and not claimed_in(scope, source, state):
        report_unmapped(scope, (*where, "state"), source, state)
    if scope.fields[state].type not in ("choice", "checkbox"):
        scope.findings.report(
            (*where, "state"), f"'{state}' is of type {scope.fields[state].type}; it must be a choice"
        )
    else:
        check_words_of(scope, (*where, "granted"), state, granted)
