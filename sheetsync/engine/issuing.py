"""Which versions of generated values a run issues: of what was seen to stand, or would stand were it not live."""

from collections.abc import Collection, Iterator

from sheetsync.core.versions import Version, issued
from sheetsync.engine.world import Run, World


def versions(world: World, run: Run, settled: Collection[str]) -> Iterator[Version]:
    """New versions, for sources whose workbook shows what it should; the ledger is asked for those before only once."""
    concerns, published = run.readings.request.scope.concerns, run.readings.memory.published
    issues = [one for one in run.decided.issued if one.place.source in settled and concerns(one.record)]
    counted = [one for one in issues if (one.place.source, one.record, one.field) in run.readings.memory.newest]
    before: dict[tuple[str, str, str], tuple[Version, ...]] = {}
    if counted:
        for it in world.ledger.versions([(one.place.source, one.record, one.field) for one in counted]):
            about = (it.source, it.record, it.field)
            before[about] = (*before.get(about, ()), it)
    for one in issues:
        about = (one.place.source, one.record, one.field)
        stood = published.get(about)
        was = None if stood is None else (stood.value, stood.since)
        yield from issued(one, was, before.get(about, ()), run.id, run.started)
