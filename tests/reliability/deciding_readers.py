"""What a team may read in its own decisions tab, told by somebody who has read the story's configuration himself."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

from tests.reliability.oracle import SHEETS

#: how a line's rule calls each source
TITLES: Final = {
    "Autumn briefs": "briefs",
    "Mailing plan": "mailings",
    "Link builder": "utm",
    "Landing page list": "pages",
    "Official register": "register",
}
_NARROWNESS: Final = ("full", "fields", "none")


def sees(configuration: Path, book: str) -> str:
    """How much the readers of a workbook may see of sources elsewhere: the least that any source in it says."""
    sources = YAML(typ="safe").load(configuration)["sources"]
    here = (sources[sheet.source]["readers_see"] for sheet in SHEETS if sheet.book == book)
    return str(max(here, key=_NARROWNESS.index))


def sides(rule: str) -> list[str]:
    """The sources that a line's rule names: first the copy (B), then the owner (A)."""
    return [name for _, name in sorted((rule.find(title), name) for title, name in TITLES.items() if title in rule)]


def hidden(book: str, full: Mapping[str, str]) -> list[str]:
    """The values in a line that belong to sources elsewhere, by what it shows to those who may see everything."""
    here = {sheet.source for sheet in SHEETS if sheet.book == book}
    found = sides(full.get("Rule", ""))
    if len(found) != 2:
        return []
    return [
        text
        for source, name in zip(found, ("Value B", "Value A"), strict=True)
        if source not in here and (text := full.get(name, ""))
    ]
