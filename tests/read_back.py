"""What a run reads of tables nobody has described, by the source that is proposed for each."""

from collections.abc import Iterator

from sheetsync.core.graph import Rules, Source
from sheetsync.core.inspection import Inspected, Inspection, Names, propose
from sheetsync.core.model import Place, Snapshot
from sheetsync.core.normalize import normalize
from sheetsync.core.tracking import TrackingRules
from sheetsync.core.tracking.defects import INSEPARABLE
from tests.core.test_messes_values import FIELDS

_NAMES = Names("source", "Title", "Team", "spreadsheet")


def read_back(seen: Inspection, locale: str) -> Iterator[tuple[Inspected, Source, Snapshot]]:
    """Each table of a tab that can become a source, its source, and what a run reads by it."""
    tab = seen.tab
    place = Place("source", "spreadsheet", tab.title, tab.id)
    for one in seen.tables:
        source = propose(tab, one, _NAMES, FIELDS.keys(), words=seen.words).source
        if source is not None:
            rules = Rules(FIELDS, {"source": source}, {}, (), {}, {}, {}, TrackingRules(INSEPARABLE, ()), {})
            read = normalize(tab, locale, source, rules, place, names=seen.words)
            assert isinstance(read, Snapshot), read.reason
            yield one, source, read
