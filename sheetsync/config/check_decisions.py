"""Checks of the section `decisions`: a workbook that may be written, teams whose workbooks are."""

from sheetsync.config.places import NoPlace, place, spreadsheet_id
from sheetsync.config.scope import Scope
from sheetsync.core.graph import Mode, SheetTab
from sheetsync.core.where_decided import DECISIONS


def check_decisions(scope: Scope) -> None:
    """Every place is one where we may write, and nothing else bears the name of the tab's own lines."""
    shape, findings = scope.shape.decisions, scope.findings
    if shape is None:
        return
    if DECISIONS in scope.shape.sources:
        findings.report(("sources", DECISIONS), "is the name of the decisions tab's own lines; choose another one")
    _check_spreadsheet(scope, shape.spreadsheet)
    for number, name in enumerate(shape.teams):
        where = ("decisions", "teams", number)
        if not scope.knows_source(where, name):
            continue
        source = scope.shape.sources[name]
        if name in shape.teams[:number]:
            findings.report(where, f"names '{name}' twice")
        elif source.table is not None:
            findings.report(where, f"'{name}' is a table: it has no workbook for a tab")
        elif source.mode is Mode.OBSERVE:
            findings.report(
                where,
                f"'{name}' is in mode observe, so nothing is written into its workbook; choose sidecar or columns",
            )
    if not shape.about and not findings.doubtful(("decisions", "about")):
        findings.report(("decisions", "about"), "names nothing; leave the section out, or name conflict")
    for number, about in enumerate(shape.about):
        if about in shape.about[:number]:
            findings.report(("decisions", "about", number), f"names '{about}' twice")


def _check_spreadsheet(scope: Scope, spreadsheet: str) -> None:
    where = ("decisions", "spreadsheet")
    try:
        ops = spreadsheet_id(spreadsheet)
    except NoPlace as error:
        scope.findings.report(where, str(error))
        return
    here = {name: source for name, source in scope.shape.sources.items() if _stands_in(scope, name, ops)}
    if here and all(source.mode is Mode.OBSERVE for source in here.values()):
        scope.findings.report(
            where,
            f"holds '{next(iter(here))}', which is in mode observe, so nothing is written there; "
            "choose another mode for it, or another workbook",
        )


def _stands_in(scope: Scope, name: str, spreadsheet: str) -> bool:
    try:
        where = place(scope.shape.sources[name])
    except NoPlace:
        return False
    return isinstance(where, SheetTab) and where.spreadsheet == spreadsheet
