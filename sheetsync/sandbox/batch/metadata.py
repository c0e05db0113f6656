"""createDeveloperMetadata, updateDeveloperMetadata, deleteDeveloperMetadata."""

from dataclasses import replace

from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.datafilters import location, matching
from sheetsync.sandbox.errors import Json
from sheetsync.sandbox.masks import update_mask
from sheetsync.sandbox.model import Metadata
from sheetsync.sandbox.views import metadata_view

#: characters of keys and values, for the spreadsheet and for each sheet [documented: guides/metadata]
_BUDGET = 30_000


def create_developer_metadata(editing: Editing, request: Json) -> Json:
    """Metadata with a random or a chosen id; a chosen id in use refuses the whole batch [schema]."""
    editing.require(request, "developerMetadata")
    given, book = request["developerMetadata"], editing.book
    if not given.get("metadataKey"):
        raise editing.refuse("developerMetadata.metadataKey must be specified.")
    if given.get("visibility") not in ("DOCUMENT", "PROJECT"):
        raise editing.refuse("developerMetadata.visibility must be specified.")
    if "location" not in given:
        raise editing.refuse("developerMetadata.location must be specified.")
    sheet_id, dimension, index = location(book, given["location"], editing.prefix)
    taken = {each.id for each in book.metadata}
    wanted = given.get("metadataId", 0) or book.fresh_id(taken)
    if wanted < 0:
        raise editing.refuse("developerMetadata.metadataId must be positive.")
    if wanted in taken:
        raise editing.refuse(f"Developer metadata with ID {wanted} already exists.")
    value = given.get("metadataValue", "")
    created = Metadata(wanted, given["metadataKey"], value, given["visibility"], sheet_id, dimension, index)
    book.metadata.append(created)
    _check_budget(editing)
    return {"createDeveloperMetadata": {"developerMetadata": metadata_view(created)}}


def _check_budget(editing: Editing) -> None:
    """Row and column metadata counts to its sheet (our reading; the page does not say it)."""
    used: dict[int | None, int] = {}
    for each in editing.book.metadata:
        used[each.sheet_id] = used.get(each.sheet_id, 0) + len(each.key) + len(each.value)
    if any(size > _BUDGET for size in used.values()):
        raise editing.refuse(f"The developer metadata limit of {_BUDGET} characters is exceeded.")


def update_developer_metadata(editing: Editing, request: Json) -> Json:
    """Changes the masked fields of everything the filters match."""
    paths = update_mask(request.get("fields"), "DeveloperMetadata", editing.prefix)
    given, book = request.get("developerMetadata", {}), editing.book
    filters = request.get("dataFilters", [])
    chosen = {each.id for data_filter in filters for each in matching(book, data_filter, editing.prefix)}
    names = set(given) if paths == [()] else {path[0] for path in paths}
    if "metadataId" in names:
        raise editing.refuse("metadataId can't be changed.")
    updated = [_updated(editing, each, given, names) if each.id in chosen else each for each in book.metadata]
    book.metadata = updated
    _check_budget(editing)
    views = [metadata_view(each) for each in updated if each.id in chosen]
    return {"updateDeveloperMetadata": {"developerMetadata": views} if views else {}}


def _updated(editing: Editing, each: Metadata, given: Json, names: set[str]) -> Metadata:
    if "metadataKey" in names:
        if not given.get("metadataKey"):
            raise editing.refuse("developerMetadata.metadataKey must be specified.")
        each = replace(each, key=given["metadataKey"])
    if "metadataValue" in names:
        each = replace(each, value=given.get("metadataValue", ""))
    if "visibility" in names and given.get("visibility") in ("DOCUMENT", "PROJECT"):
        each = replace(each, visibility=given["visibility"])
    if "location" in names:
        sheet_id, dimension, index = location(editing.book, given.get("location", {}), editing.prefix)
        each = replace(each, sheet_id=sheet_id, dimension=dimension, index=index)
    return each


def delete_developer_metadata(editing: Editing, request: Json) -> Json:
    """Deletes everything the filter matches; nothing matched is fine."""
    editing.require(request, "dataFilter")
    book = editing.book
    gone = matching(book, request["dataFilter"], editing.prefix)
    book.metadata = [each for each in book.metadata if each not in gone]
    views = [metadata_view(each) for each in gone]
    return {"deleteDeveloperMetadata": {"deletedDeveloperMetadata": views} if views else {}}
