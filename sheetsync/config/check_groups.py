"""Checks of what belongs together and of what is spared: atomic groups, exceptions."""

from sheetsync.config.check_terms import check_owned
from sheetsync.config.findings import Where, did_you_mean, nearest
from sheetsync.config.scope import Scope

_APPROVALS = "approvals."


def check_groups(scope: Scope) -> None:
    """A group is two fields or more, of one owner and one entity, each in one group."""
    grouped: dict[str, str] = {}
    for group, names in scope.shape.groups.items():
        where: Where = ("groups", group)
        if len(names) < 2 and not scope.findings.doubtful(where):
            scope.findings.report(where, "is a group of fewer than two fields")
        known = [name for number, name in enumerate(names) if scope.knows_field((*where, number), name)]
        for number, name in enumerate(names):
            if name in names[:number]:
                scope.findings.report((*where, number), f"names '{name}' twice")
            elif name in scope.fields and (other := grouped.setdefault(name, group)) != group:
                scope.findings.report((*where, number), f"'{name}' is in groups.{other} already")
            if name in known:
                check_owned(scope, (*where, number), name)
        owners = {scope.shape.owners[name] for name in known if name in scope.shape.owners}
        if len(owners) > 1:
            named = ", ".join(sorted(owners))
            scope.findings.report(where, f"has several owners ({named}); what changes together is one's to change")
        if len({scope.fields[name].of for name in known}) > 1:
            scope.findings.report(where, "joins fields of campaigns and of placements; make it two groups")


def check_exceptions(scope: Scope) -> None:
    """An exception spares records of a contract there is."""
    known = set(_contracts(scope))
    for number, one in enumerate(scope.shape.exceptions):
        where: Where = ("exceptions", number)
        if not one.records and not scope.findings.doubtful((*where, "records")):
            scope.findings.report((*where, "records"), "names no campaign and no placement")
        if one.contract not in known and not scope.findings.doubtful(("handoffs",)):
            guess = did_you_mean(nearest(one.contract, known))
            scope.findings.report((*where, "contract"), f"no contract has this id{guess}")


def _contracts(scope: Scope) -> list[str]:
    edges = [(f"{h.giver}->{receiver}", h) for h in scope.shape.handoffs for receiver in h.receivers]
    own = [f"{edge}.{name}" for edge, handoff in edges for name in (*handoff.contracts, "ready_when")]
    approved = [f"{_APPROVALS}{name}.{field}" for name, one in scope.shape.approvals.items() for field in one.covers]
    return own + approved
