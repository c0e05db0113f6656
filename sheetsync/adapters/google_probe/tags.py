"""Beliefs about developer metadata: the fence against doubled batches, and the mark that goes with a column."""

from collections.abc import Sequence

from sheetsync.adapters import google_requests
from sheetsync.adapters.google_probe.belief import Promise, Verdict, belief, judged
from sheetsync.adapters.google_probe.drive import PROBE_KEY
from sheetsync.adapters.google_probe.scratch import Probed, Scratch, formula
from sheetsync.adapters.google_probe.wire import Json
from sheetsync.core.changes import (
    ColourStatus,
    DeleteColumn,
    Fence,
    FreezeColumn,
    HoldColumn,
    MarkColumn,
    Sign,
    WarnAtHeader,
)


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
    "one-installation-signs",
    Promise.ONCE,
    "Metadata is deleted only where its value is the one seen, so of two ledgers that sign at once one is refused.",
    "a mark; then another ledger's, one that replaces the first, and one that would replace the first once more",
)
def one_installation_signs(scratch: Scratch) -> Verdict:
    mark = scratch.new_id()

    def signed(name: str, seen: str | None) -> bool:
        return scratch.refusal(*google_requests.requests(Sign(mark, name, seen))) is None

    taken = [signed("one", None), signed("two", None), signed("two", "one"), signed("three", "one")]
    seen = ", ".join(
        f"{what} {'taken' if ok else 'refused'}"
        for what, ok in zip(("the first", "the second", "the one after the first", "the late one"), taken, strict=True)
    )
    return judged(taken == [True, False, True, False], seen)


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
    "a marked column moved; a write to its old place, then one to its new place",
)
def moved_columns_refuse_the_batch(scratch: Scratch) -> Verdict:
    tab, mark = scratch.tab(), scratch.new_id()
    warning = _marked(scratch, tab, mark, ["a", "ours", "c", "theirs"])
    scratch.batch({"moveDimension": {"source": tab.lines("COLUMNS", 1, 2), "destinationIndex": 4}})
    old = scratch.refusal(*_held(tab, 1, mark, warning), tab.filled([["new"]], 0, 1))
    here = scratch.refusal(*_held(tab, 3, mark, warning), tab.filled([["new"]], 0, 3))
    shown = scratch.shown(tab)[0][:4]
    answers = [f"{place} {'taken' if said is None else f'refused ({said.message})'}"
               for place, said in (("old place", old), ("new place", here))]  # fmt: skip
    holds = old is not None and here is None and shown == ["a", "c", "theirs", "new"]
    return judged(holds, f"{', '.join(answers)}; row {shown}")


@belief(
    "deleted-columns-refuse-the-batch",
    Promise.THEIRS,
    "A protected range goes with its column, and changing one that is gone refuses the whole batch.",
    "a marked column with a warning at its header deleted; a write to its old place",
)
def deleted_columns_refuse_the_batch(scratch: Scratch) -> Verdict:
    tab, mark = scratch.tab(), scratch.new_id()
    warning = _marked(scratch, tab, mark, ["a", "ours", "theirs"])
    scratch.batch({"deleteDimension": {"range": tab.lines("COLUMNS", 1, 2)}})
    refused = scratch.refusal(*_held(tab, 1, mark, warning), tab.filled([["new"]], 0, 1))
    answer = "taken" if refused is None else f"refused ({refused.message})"
    shown = scratch.shown(tab)[0][:3]
    return judged(refused is not None and shown == ["a", "theirs", ""], f"the write was {answer}; row {shown}")


@belief(
    "columns-go-with-all-of-ours",
    Promise.LEAVING,
    "A deleted column takes its metadata, its protected range and the rule that colours it along.",
    "a marked column with a warning and our rule, deleted",
)
def columns_go_with_all_of_ours(scratch: Scratch) -> Verdict:
    tab, mark = scratch.tab(), scratch.new_id()
    warning = _marked(scratch, tab, mark, ["a", "ours", "theirs"])
    scratch.batch(*google_requests.requests(ColourStatus(tab.id, 1, 1)))
    scratch.batch(*_held(tab, 1, mark, warning), *google_requests.requests(DeleteColumn(tab.id, 1)))
    fields = "sheets(properties.sheetId,conditionalFormats.ranges,protectedRanges.protectedRangeId)"
    sheets = scratch.get(fields)["sheets"]
    here = next(sheet for sheet in sheets if sheet["properties"].get("sheetId", 0) == tab.id)
    left = {name: len(here.get(name, ())) for name in ("conditionalFormats", "protectedRanges")}
    left["metadata"] = len(_where(scratch, tab, "column", mark))
    return judged(not any(left.values()), ", ".join(f"{count} {name}" for name, count in left.items()) + " left")


@belief(
    "pasted-onto-itself-a-spill-is-text",
    Promise.LEAVING,
    "A column of spilled values pasted onto itself as values keeps every text in its row, without the formula.",
    "a spilling formula in a column, then that column pasted onto itself",
)
def pasted_onto_itself_a_spill_is_text(scratch: Scratch) -> Verdict:
    tab = scratch.tab()
    spill = formula("=ARRAYFORMULA(INDEX(A:A;ROW()):INDEX(A:A;3))")
    scratch.batch(tab.added, tab.filled([["a"], ["b"], ["c"]]), tab.filled([[spill]], 0, 1))
    before = [row[1] for row in scratch.shown(tab)[:3]]
    scratch.batch(*google_requests.requests(FreezeColumn(tab.id, 1, 0)))
    cells = [row[1] for row in scratch.cells(tab)[:3]]
    entered = [cell.get("userEnteredValue", {}).get("stringValue", "") for cell in cells]
    return judged(before == entered == ["a", "b", "c"], f"shown {before}, then entered {entered}")


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
    "copies-have-no-mark",
    Promise.COPIES,
    "The id of metadata stays with the original when its tab is duplicated or its column copied.",
    "a marked column copied to the right, and its tab duplicated",
)
def copies_have_no_mark(scratch: Scratch) -> Verdict:
    tab, twin, mark = scratch.tab(), scratch.tab(), scratch.new_id()
    copied = {"newSheetId": twin.id, "newSheetName": twin.title}
    scratch.batch(
        tab.added,
        tab.filled([["a", "ours"]]),
        *google_requests.requests(MarkColumn(tab.id, 1, mark, "probe")),
        {"copyPaste": {"source": tab.block(0, 20, 1, 2), "destination": tab.block(0, 20, 3, 4)}},
        {"duplicateSheet": {"sourceSheetId": tab.id, **copied}},
    )
    original, copy = scratch.metadata(tab, "column"), scratch.metadata(twin, "column")
    ids = [number for entries in copy.values() for number, _ in entries]
    holds = [at for at, entries in original.items() if entries] == [1] and mark not in ids
    return judged(holds, f"original: columns {sorted(original)}; duplicate: {len(ids)} under other ids")


def _marked(scratch: Scratch, tab: Probed, mark: int, texts: Sequence[object]) -> int:
    """A tab whose second column carries our mark; the id of the warning at its header."""
    requests = [
        tab.added,
        tab.filled([texts]),
        *google_requests.requests(MarkColumn(tab.id, 1, mark, "probe")),
        *google_requests.requests(WarnAtHeader(tab.id, 1, 0)),
    ]
    replies = scratch.batch(*requests)["replies"]
    return int(replies[-1]["addProtectedRange"]["protectedRange"]["protectedRangeId"])


def _held(tab: Probed, column: int, mark: int, warning: int) -> list[Json]:
    return google_requests.requests(HoldColumn(tab.id, column, mark, warning, "probe"))


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
    one_installation_signs,
    metadata_moves_with_its_column,
    moved_columns_refuse_the_batch,
    deleted_columns_refuse_the_batch,
    columns_go_with_all_of_ours,
    pasted_onto_itself_a_spill_is_text,
    row_metadata_ignores_sorts,
    copies_have_no_mark,
)
