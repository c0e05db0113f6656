"""Tables that follow their owners, and words that are published: as meant, as told, and mistaken."""

from dataclasses import dataclass

import pytest

from sheetsync.faces.configuration import configuration_document, configuration_text
from sheetsync.faces.graph import graph_document
from tests.config.conftest import Folder

SOURCES, HANDOFFS = "sources.yaml", "handoffs.yaml"
_OFF = 'writes: "off"'


@pytest.fixture
def meant(folder: Folder) -> Folder:
    """The example, with a register that follows and two words published to the UTM builder's people."""
    folder.change(SOURCES, _OFF, "writes: on\n    version: row_version\n    #")
    folder.change(SOURCES, "tab_id: 77\n", "tab_id: 77\n    publish: [offer, flight_end]\n")
    return folder


def test_they_are_told_to_the_core(meant: Folder) -> None:
    sources = meant.load().rules.sources
    assert (sources["official"].writes, sources["official"].version) == (True, "row_version")
    assert sources["utm"].publish == ("offer", "flight_end")
    assert (sources["landing"].writes, sources["landing"].publish) == (False, ())


def test_validate_and_graph_say_so(meant: Folder) -> None:
    config = meant.load()
    told = list(configuration_text(configuration_document(config)))
    assert "      whoever opens it reads offer, flight_end as their owners say" in told
    assert "      writes: on, its lines follow their owners (version: row_version)" in told
    graph = {one["source"]: one for one in graph_document(config)["sources"]}
    assert graph["utm"]["publishes"] == {"offer": "briefs", "flight_end": "briefs"}
    assert graph["official"]["writes"] is True


def test_a_word_of_people_s_only_may_be_published(folder: Folder) -> None:
    folder.change(SOURCES, "tab_id: 77\n", "tab_id: 77\n    publish: [budget]\n")
    rules = folder.load().rules
    assert rules.fields["budget"].human_only
    assert rules.sources["utm"].publish == ("budget",)


@dataclass(frozen=True)
class Mistake:
    """A change to the published example, and what is said about it."""

    old: str
    new: str
    says: str
    #: a text in whose line it is told
    at: str


MISTAKES = {
    "readers who see none of the owner": Mistake(
        "tab_id: 77\n    mode: columns\n    readers_see: fields\n",
        "tab_id: 77\n    mode: columns\n    readers_see: none\n    publish: [offer]\n",
        "sources.utm.publish[0]: shows its readers 'offer' of 'briefs', of which readers_see of 'utm' shows them none; "
        "set that to fields, or take this out",
        "publish: [offer]",
    ),
    "readers who see none of this owner alone": Mistake(
        "tab_id: 77\n    mode: columns\n    readers_see: fields\n",
        "tab_id: 77\n    mode: columns\n    readers_see: {default: full, briefs: none}\n    publish: [offer]\n",
        "sources.utm.publish[0]: shows its readers 'offer' of 'briefs', of which readers_see of 'utm' shows them none; "
        "set that to fields, or take this out",
        "publish: [offer]",
    ),
    "published to its owner": Mistake(
        "tab_id: 77\n",
        "tab_id: 77\n    publish: [utm_source]\n",
        "sources.utm.publish[0]: 'utm' owns it: its own word need not be published to itself",
        "publish: [utm_source]",
    ),
    "published twice": Mistake(
        "tab_id: 77\n",
        "tab_id: 77\n    publish: [offer, offer]\n",
        "sources.utm.publish[1]: names 'offer' twice",
        "publish: [offer, offer]",
    ),
    "a version without writes is no mistake of its own, writes without version is": Mistake(
        _OFF,
        "writes: on",
        "sources.official.writes: needs version: the column that moves with each change of a line",
        "writes: on",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_each_mistake_is_told_where_it_stands(folder: Folder, mistake: Mistake) -> None:
    folder.change(SOURCES, mistake.old, mistake.new)
    assert folder.problems() == [f"{folder.at(SOURCES, mistake.at)}: {mistake.says}"]


def test_readers_of_a_neighbour_s_tab_open_the_same_workbook(folder: Folder) -> None:
    folder.change(SOURCES, "tab_id: 77\n", "tab_id: 77\n    publish: [offer]\n")
    folder.change(
        SOURCES,
        "  official:\n",
        "  december:\n    like: utm\n    tab_id: 78\n    publish: []\n    readers_see: none\n\n  official:\n",
    )
    told = (
        f"{folder.at(SOURCES, 'publish: [offer]')}: sources.utm.publish[0]: shows its readers 'offer' of 'briefs', of "
        "which readers_see of 'december' shows them none; set that to fields, or take this out"
    )
    assert told in folder.problems()
