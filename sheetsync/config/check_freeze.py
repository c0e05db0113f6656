"""Checks of freezes: times there are, fields an owner can change, and one rule for each moment."""

from sheetsync.config.check_terms import check_owned
from sheetsync.config.findings import Where
from sheetsync.config.scope import Scope
from sheetsync.config.shape import FreezeShape
from sheetsync.config.tolerances import SPANS, span
from sheetsync.core.campaigns import CAMPAIGN_ID
from sheetsync.core.late import FIRST_DAY


def check_freeze(scope: Scope) -> None:
    """Every rule by itself, and each field under one rule at a time."""
    named: dict[tuple[str, object], int] = {}
    for number, rule in enumerate(scope.shape.freeze):
        where: Where = ("freeze", number)
        within = span(rule.within)
        if within is None:
            scope.findings.report((*where, "within"), f"is no time; write {SPANS}")
        if FIRST_DAY in scope.fields:
            check_owned(scope, where, FIRST_DAY)
        _check_fields(scope, where, rule)
        for place, name in enumerate(rule.needs):
            if name in rule.needs[:place]:
                scope.findings.report((*where, "needs", place), f"names '{name}' twice")
        for place, name in enumerate(rule.fields):
            first = named.setdefault((name, within), number)
            if first != number and within is not None:
                scope.findings.report((*where, "fields", place), f"'{name}' is in freeze[{first}] for the same time")


def _check_fields(scope: Scope, where: Where, rule: FreezeShape) -> None:
    if not rule.fields and not scope.findings.doubtful((*where, "fields")):
        scope.findings.report((*where, "fields"), "names no field")
    for place, name in enumerate(rule.fields):
        here = (*where, "fields", place)
        if name in rule.fields[:place]:
            scope.findings.report(here, f"names '{name}' twice")
        elif name not in scope.shape.groups and scope.knows_field(here, name):
            _check_field(scope, here, name)


def _check_field(scope: Scope, here: Where, name: str) -> None:
    source = scope.shape.sources.get(scope.shape.owners.get(name, ""))
    if name == CAMPAIGN_ID or (source is not None and name in source.key):
        scope.findings.report(here, f"'{name}' says which row it is; another one is another row")
    elif name in scope.shape.generated:
        scope.findings.report(here, f"'{name}' is generated; name what it is made of")
    else:
        check_owned(scope, here, name)
