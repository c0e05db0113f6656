"""Checks of when a handoff may be taken: fields somebody owns, approvals there are, words a receiver's row can say."""

from collections.abc import Mapping, Sequence

from sheetsync.config.check_sources import claimed_in, report_unmapped
from sheetsync.config.check_terms import check_condition, check_owned, check_words_of
from sheetsync.config.findings import Where, did_you_mean, nearest
from sheetsync.config.scope import Scope
from sheetsync.config.shape import HandoffShape


def check_readiness(scope: Scope, where: Where, handoff: HandoffShape) -> None:
    """`ready_when`, `taken_when` and `done_when` of one handoff."""
    if handoff.ready_when is not None:
        _check_ready(scope, (*where, "ready_when"), handoff)
    for setting, words in (("taken_when", handoff.taken_when), ("done_when", handoff.done_when)):
        _check_said_there(scope, (*where, setting), handoff.receivers, words)


def _check_ready(scope: Scope, where: Where, handoff: HandoffShape) -> None:
    ready = handoff.ready_when
    if ready is None:
        return
    demanded = {"agree": ready.agree, "filled": ready.filled, "production": ready.production}
    if not any((*demanded.values(), ready.says, ready.approved)) and not scope.findings.told_within(where):
        scope.findings.report(where, "demands nothing; there is agree, filled, is, production, approved")
    for setting, names in demanded.items():
        for number, name in enumerate(names):
            here = (*where, setting, number)
            if not scope.knows_field(here, name):
                continue
            check_owned(scope, here, name)
            if setting == "production" and scope.fields[name].type != "url":
                scope.findings.report(here, f"'{name}' is of type {scope.fields[name].type}; only a url has a host")
            if name in names[:number]:
                scope.findings.report(here, f"names '{name}' twice")
    check_condition(scope, (*where, "is"), handoff.receivers, ready.says)
    for number, name in enumerate(ready.approved):
        if name not in scope.shape.approvals and not scope.findings.doubtful(("approvals", name)):
            guess = did_you_mean(nearest(name, scope.shape.approvals))
            scope.findings.report((*where, "approved", number), f"no approval is named so{guess}")


def _check_said_there(scope: Scope, where: Where, receivers: Sequence[str], words: Mapping[str, Sequence[str]]) -> None:
    """Words that each receiver's own row can say."""
    for name, said in words.items():
        here = (*where, name)
        if not scope.knows_field(here, name):
            continue
        check_words_of(scope, here, name, said)
        for receiver in receivers:
            if receiver in scope.shape.sources and not claimed_in(scope, receiver, name):
                report_unmapped(scope, here, receiver, name)
