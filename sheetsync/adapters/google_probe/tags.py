"""Beliefs about developer metadata: the fence against doubled batches, and the pin that goes with a column."""

from sheetsync.adapters import google_requests
from sheetsync.adapters.google_probe.belief import Promise, Verdict, belief, judged
from sheetsync.adapters.google_probe.scratch import PROBE_KEY, Probed, Scratch
from sheetsync.adapters.google_probe.wire import Json
from sheetsync.core.changes import Fence, Pin


@belief(
    "doubled-batches-are-refused",
    Promise.ONCE,
    "A batch that creates metadata under an id in use is refused whole.",
    "a batch with a fence; then another one with the same fence and another value",
)
def doubled_batches_are_refused(scratch: Scratch) -> Verdict:
    tab = scratch.tab()
    fence = google_requests.requests(Fence(scratch.new_id(), 1))
    scratch.batch(tab.added, tab.filled([["first"]]), *fence)
    refused = scratch.refusal(tab.filled([["second"]]), *fence)
    stands = scratch.shown(tab)[0][0]
    answer = "taken" if refused is None else f"{refused.code} {refused.message}"
    return judged(refused is not None and stands == "first", f"the second was answered {answer}; there stands {stands}")


@belief(
    "metadata-moves-with-its-column",
    Promise.ROWS,
    "Metadata of a column stays with it when it is moved and when columns are inserted before it.",
    "a tagged column moved two to the right, then one inserted before all",
)
def metadata_moves_with_its_column(scratch: Scratch) -> Verdict:
    tab, tag = scratch.tab(), scratch.new_id()
    scratch.batch(
        tab.added,
        tab.filled([["a", "tagged", "c", "d"]]),
        _tagged(tab, tag, "COLUMNS", 1),
        {"moveDimension": {"source": tab.lines("COLUMNS", 1, 2), "destinationIndex": 4}},
        {"insertDimension": {"range": tab.lines("COLUMNS", 0, 1), "inheritFromBefore": False}},
    )
    found = _where(scratch, tab, "column", tag)
    shown = scratch.shown(tab)[0]
    return judged([shown[at] for at in found] == ["tagged"], f"tag at columns {found}; row {shown[:5]}")


@belief(
    "moved-columns-refuse-the-batch",
    Promise.THEIRS,
    "Metadata is found by exact location only where it is, so that a write to a column moved away is refused whole.",
    "a pinned column moved; a write to its old place, then one to its new place",
)
def moved_columns_refuse_the_batch(scratch: Scratch) -> Verdict:
    tab, pin = scratch.tab(), scratch.new_id()
    scratch.batch(
        tab.added,
        tab.filled([["a", "ours", "c", "theirs"]]),
        *google_requests.requests(Pin(tab.id, 1, pin, fresh=True)),
        {"moveDimension": {"source": tab.lines("COLUMNS", 1, 2), "destinationIndex": 4}},
    )
    old = scratch.refusal(*google_requests.requests(Pin(tab.id, 1, pin)), tab.filled([["new"]], 0, 1))
    here = scratch.refusal(*google_requests.requests(Pin(tab.id, 3, pin)), tab.filled([["new"]], 0, 3))
    shown = scratch.shown(tab)[0][:4]
    answers = [f"{place} {'taken' if said is None else f'refused ({said.message})'}"
               for place, said in (("old place", old), ("new place", here))]  # fmt: skip
    holds = old is not None and here is None and shown == ["a", "c", "theirs", "new"]
    return judged(holds, f"{', '.join(answers)}; row {shown}")


@belief(
    "row-metadata-ignores-sorts",
    Promise.ROWS,
    "A sort moves cells and leaves row metadata in its place: a row is known by its key, never by a tag.",
    "three rows, one of them tagged, sorted",
)
def row_metadata_ignores_sorts(scratch: Scratch) -> Verdict:
    tab, tag = scratch.tab(), scratch.new_id()
    order = [{"dimensionIndex": 0, "sortOrder": "ASCENDING"}]
    scratch.batch(
        tab.added,
        tab.filled([["c"], ["b"], ["a"]]),
        _tagged(tab, tag, "ROWS", 0),
        {"sortRange": {"range": tab.block(0, 3), "sortSpecs": order}},
    )
    found = _where(scratch, tab, "row", tag)
    return judged(found == [0], f"the tag of the first row of three is at rows {[at + 1 for at in found]}")


@belief(
    "copies-have-no-pin",
    Promise.COPIES,
    "The id of metadata stays with the original when its tab is duplicated or its column copied.",
    "a pinned column copied to the right, and its tab duplicated",
)
def copies_have_no_pin(scratch: Scratch) -> Verdict:
    tab, twin, pin = scratch.tab(), scratch.tab(), scratch.new_id()
    copied = {"newSheetId": twin.id, "newSheetName": twin.title}
    scratch.batch(
        tab.added,
        tab.filled([["a", "ours"]]),
        *google_requests.requests(Pin(tab.id, 1, pin, fresh=True)),
        {"copyPaste": {"source": tab.block(0, 20, 1, 2), "destination": tab.block(0, 20, 3, 4)}},
        {"duplicateSheet": {"sourceSheetId": tab.id, **copied}},
    )
    original, copy = scratch.metadata(tab, "column"), scratch.metadata(twin, "column")
    ids = [number for entries in copy.values() for number, _ in entries]
    holds = [at for at, entries in original.items() if entries] == [1] and pin not in ids
    return judged(holds, f"original: columns {sorted(original)}; duplicate: {len(ids)} under other ids")


def _tagged(tab: Probed, metadata_id: int, dimension: str, line: int) -> Json:
    entry = {
        "metadataId": metadata_id,
        "metadataKey": PROBE_KEY,
        "location": {"dimensionRange": tab.lines(dimension, line, line + 1)},
        "visibility": "DOCUMENT",
    }
    return {"createDeveloperMetadata": {"developerMetadata": entry}}


def _where(scratch: Scratch, tab: Probed, dimension: str, metadata_id: int) -> list[int]:
    found = scratch.metadata(tab, dimension)
    return [line for line, entries in found.items() if metadata_id in (number for number, _ in entries)]


BELIEFS = (
    doubled_batches_are_refused,
    metadata_moves_with_its_column,
    moved_columns_refuse_the_batch,
    row_metadata_ignores_sorts,
    copies_have_no_pin,
)
