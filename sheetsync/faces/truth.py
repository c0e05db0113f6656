"""Who claims what: every place that says something about a record, as the last run saw it."""

from collections.abc import Mapping
from typing import Any

from sheetsync import wiring
from sheetsync.config import Config
from sheetsync.core.campaigns import fold_key
from sheetsync.core.generate import BY_TRACKING
from sheetsync.core.graph import GENERATED
from sheetsync.core.model import Entity
from sheetsync.core.tracking import same_tracking_url
from sheetsync.core.truth import campaign_of, subject
from sheetsync.engine.documents import cell_name
from sheetsync.errors import UsageError
from sheetsync.ports import Memory, Observation

Document = Mapping[str, Any]

VERSION = 1


def truth_document(config: Config, key: str, field: str | None) -> Document:
    """Every place that claims a value of one record, as last seen.

    A campaign is asked for its own fields, a placement for its own and its campaign's.
    """
    rules = config.rules
    if field is not None and field not in rules.fields:
        raise UsageError(f"no field is called {field!r}.", f"Fields: {', '.join(rules.fields)}.")
    memory = wiring.past(config).memory()
    record = _record(key, memory)
    if field is not None and rules.fields[field].of is Entity.PLACEMENT and record == campaign_of(record):
        placements = sorted(
            {o.record for o in memory.observations.values() if campaign_of(o.record) == record} - {record}
        )
        raise UsageError(f"{field} is a field of placements, not of campaigns.", f"Ask for {' or '.join(placements)}.")
    fields = [_field(config, name, record, memory) for name in ([field] if field else rules.fields)]
    return {"version": VERSION, "record": record, "fields": [told for told in fields if field or told["claims"]]}


def _record(key: str, memory: Memory) -> str:
    """The record a person means. Raises UsageError when nothing was ever seen of it."""
    parts = [part.strip() for part in key.split("/")]
    # A campaign whose id is only proposed is known by its partner and name.
    wanted = memory.proposed_ids.get(" / ".join(map(fold_key, parts)), " / ".join(parts)).casefold()
    seen = {o.record for o in memory.observations.values()} | {
        campaign_of(o.record) for o in memory.observations.values()
    }
    for record in seen:
        if record.casefold() == wanted:
            return record
    raise UsageError(f"nothing was seen of {key!r}.", "Check its spelling; `sheetsync reconcile` names what it sees.")


def _field(config: Config, name: str, record: str, memory: Memory) -> Document:
    field = config.rules.fields[name]
    about = subject(record, field)
    claims = [o for o in memory.observations.values() if o.field == name and subject(o.record, field) == about]
    owner, value = _owned(config, name, about, claims, memory)
    return {
        "field": name,
        "label": field.label,
        "owner": owner,
        "value": value,
        "claims": [_claim(config, claim, owner, value) for claim in claims],
    }


def _owned(
    config: Config, name: str, record: str, claims: list[Observation], memory: Memory
) -> tuple[str | None, str | None]:
    """Whose word counts, and what it is."""
    owner = config.rules.owners.get(name)
    if owner is None and name in config.rules.templates:
        made = (it.value for it in memory.published.values() if (it.record, it.field) == (record, name))
        return GENERATED, next(made, None)
    return owner, next((claim.value for claim in claims if claim.source == owner), None)


def _claim(config: Config, observation: Observation, owner: str | None, value: str | None) -> Document:
    place = observation.place
    return {
        "source": observation.source,
        "role": "owner" if owner == observation.source else "copy",
        "spreadsheet": place.spreadsheet,
        "tab": place.tab,
        "cell": cell_name(place),
        "row": None if place.row is None else place.row + 1,
        "raw": observation.raw,
        "value": observation.value,
        "agrees": _agrees(config, observation, value),
        "since": observation.since.isoformat(timespec="seconds"),
        "link": None if place.tab_id is None else wiring.link(config, place),
    }


def _agrees(config: Config, observation: Observation, value: str | None) -> bool | None:
    """Whether a claim means what counts; None where either is not known."""
    if value is None or observation.value is None:
        return None
    if config.rules.templates.get(observation.field) == BY_TRACKING:
        return same_tracking_url(value, observation.value)
    kind = config.rules.fields[observation.field].type
    return kind.same(kind.read(value), kind.read(observation.value))
