"""Sources that are like another one: every setting not said here is as there, before anything is checked.

A mistake in a setting taken over is told once, where it stands.
"""

from collections.abc import Mapping
from typing import Final

from sheetsync.config.findings import Findings, Where
from sheetsync.config.places import without_tab

LIKE: Final = "like"
_READERS_SEE: Final = "readers_see"


def take_over(document: dict[str, object], findings: Findings) -> dict[str, object]:
    """The document with every source's own settings filled up from the one it is like; `like` itself stays."""
    sources = document.get("sources")
    if not isinstance(sources, dict):
        return document
    return {**document, "sources": {name: _whole(name, one, sources, findings) for name, one in sources.items()}}


def _whole(name: str, own: object, sources: Mapping[str, object], findings: Findings) -> object:
    if not isinstance(own, dict) or LIKE not in own:
        return own
    where: Where = ("sources", name)
    other = _model(name, own[LIKE], sources, findings)
    if other is None:
        findings.doubt(where)  # what it lacks may have been meant to come from there
        return own
    taken = {setting: value for setting, value in other.items() if setting not in own}
    if "spreadsheet" in taken and "tab_id" in own:
        taken["spreadsheet"] = without_tab(taken["spreadsheet"])
    elif "spreadsheet" in own and without_tab(own["spreadsheet"]) != own["spreadsheet"]:
        taken.pop("tab_id", None)  # the address names the tab
    if isinstance(seen := taken.get(_READERS_SEE), dict):
        taken[_READERS_SEE] = {of: word for of, word in seen.items() if of != name}
    for setting in taken:
        findings.takes_over((*where, setting), ("sources", str(own[LIKE]), setting))
    return own | taken


def _model(name: str, like: object, sources: Mapping[str, object], findings: Findings) -> Mapping[str, object] | None:
    """The settings of the source that is named; None when there are none to take over, which is told."""
    where: Where = ("sources", name, LIKE)
    if not isinstance(like, str):
        return None  # its shape is wrong, and told as that
    if like == name:
        findings.report(where, "is the source itself; name another one")
    elif like not in sources:
        findings.report_unknown(where, like, "source", sources)
    elif isinstance(other := sources[like], dict):
        if LIKE not in other:
            return other
        further = other[LIKE]
        named = f"; name '{further}' here too" if isinstance(further, str) and further in sources else ""
        findings.report(where, f"'{like}' is like another source itself{named}")
    return None
