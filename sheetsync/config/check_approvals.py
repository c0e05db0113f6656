"""Checks of approvals: rows that say yes or no, in words there are, about fields somebody owns."""

from sheetsync.config.check_sources import claimed_in, report_unmapped
from sheetsync.config.check_terms import check_owned, check_words_of
from sheetsync.config.findings import Where
from sheetsync.config.scope import Scope


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
            if field in approval.covers[:number]:
                scope.findings.report(here, f"names '{field}' twice")


def _check_state(scope: Scope, where: Where, source: str | None, state: str, granted: list[str]) -> None:
    if source is not None and not claimed_in(scope, source, state):
        report_unmapped(scope, (*where, "state"), source, state)
    if scope.fields[state].type not in ("choice", "checkbox"):
        scope.findings.report(
            (*where, "state"), f"'{state}' is of type {scope.fields[state].type}; it must be a choice"
        )
    else:
        check_words_of(scope, (*where, "granted"), state, granted)
