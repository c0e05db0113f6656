"""Which record somebody means who types a key, and what the places it is claimed in are called."""

from collections.abc import Collection, Mapping

from sheetsync.core.campaigns import as_recorded as as_recorded
from sheetsync.core.campaigns import fold_key
from sheetsync.core.graph import GENERATED, Rules
from sheetsync.core.model import Place
from sheetsync.core.truth import campaign_of
from sheetsync.engine.documents import cell_name
from sheetsync.errors import UsageError


def find_record(key: str, proposed: Mapping[str, str], seen: Collection[str]) -> str:
    """The record a person means by `key` among those that were `seen`; their campaigns count as seen.

    `proposed` are ids nobody has accepted yet, by natural key: such a campaign is known by its partner and name.
    Raises UsageError when nothing was ever seen of it.
    """
    wanted = as_recorded(key, proposed).casefold()
    for record in sorted({*seen, *map(campaign_of, seen)}):
        if record.casefold() == wanted:
            return record
    raise UsageError(f"nothing was seen of {key!r}.", "Check its spelling; `sheetsync reconcile` names what it sees.")


def campaign_words(record: str, proposed: Mapping[str, str]) -> str:
    """A record's campaign as people know it: one whose id is only proposed goes by its partner and name."""
    parts = record.split(" / ")
    named = (parts[:length] for length in range(len(parts), 0, -1))
    found = next((words for words in named if " / ".join(map(fold_key, words)) in proposed), parts[:1])
    return " / ".join(found)


def place_name(place: Place) -> str:
    """ "Q4 briefs!F9"; for a table its name and the column's."""
    name = cell_name(place)
    return (
        f"{place.tab}!{name}" if place.tab_id is not None and name else f"{place.tab} / {name}" if name else place.tab
    )


def title_of(source: str | None, rules: Rules) -> str:
    """What people call a source; also those that are none."""
    if source is None:
        return "nobody"
    if source == GENERATED:
        return "sheetsync"
    return rules.sources[source].title if source in rules.sources else source


def team_of(source: str, rules: Rules) -> str:
    """Whose sheet it is; empty for a source that is none any more."""
    return rules.sources[source].team if source in rules.sources else ""
