"""A Google that is not as the sandbox guesses: the sandbox with one guess made false, by the belief's name."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sheetsync.sandbox import Running, calls, formats, moments, results, server, typed
from sheetsync.sandbox.batch import blocks, filling, finding, pasting
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.drive import api_changes, api_comments, api_files, api_permissions, api_uploads, files, history
from sheetsync.sandbox.drive.access import Permission
from sheetsync.sandbox.drive.calls import found_file, page_of
from sheetsync.sandbox.drive.files import exported, import_rows
from sheetsync.sandbox.drive.query import All, AnyOf, Not, Query, _Parser
from sheetsync.sandbox.errors import GoogleError, unauthenticated
from sheetsync.sandbox.store import State
from tests.adapters.another_google import Change, Json, Patch, _changes_what_is_gone, _request


def _instead(module: Any, name: str, behaviour: object) -> Change:
    """Something else in the place of one function or constant."""
    return lambda patch, _: patch.setattr(module, name, behaviour)


# ---------------------------------------------------------------- batches


def _untyped(cell: Any, text: str, _: Editing) -> Any:
    return cell.with_value(text)


def _refuses(_: Callable[..., Json], editing: Editing, __: Json) -> Json:
    raise editing.refuse("The data you entered violates the data validation rules set on this cell.")


def _shows_again(usual: Callable[..., Json], editing: Editing, request: Json) -> Json:
    answer = usual(editing, request)
    editing.tab(request["range"]["sheetId"]).row_properties.clear()
    return answer


def _small(usual: Callable[..., Json], editing: Editing, request: Json) -> Json:
    grid = {"rowCount": 100, "columnCount": 26} | request["properties"].get("gridProperties", {})
    return usual(editing, {"properties": request["properties"] | {"gridProperties": grid}})


def _always_the_month(patch: Patch, _: Running) -> None:
    patch.setattr(moments, "_is_minute", lambda *_: False)
    # What was shown once is remembered.
    patch.setattr(formats, "_shown_as", formats._shown_as.__wrapped__)


def _tokens_first(query: Any, service: str) -> None:
    if {"access_token", "oauth_token"} & {name for name, _ in query}:
        raise unauthenticated()
    calls.check_credentials(query, service)


# ---------------------------------------------------------------- searches


def _loose_not(self: _Parser, depth: int) -> Query:
    if self._accept("not"):
        return Not(self.any_of(depth + 1))
    return _usual_one(self, depth)


_usual_one = _Parser._one


def _left_to_right(self: _Parser, depth: int) -> Query:
    query = self._one(depth)
    while True:
        if self._accept("and"):
            query = All((query, self._one(depth)))
        elif self._accept("or"):
            query = AnyOf((query, self._one(depth)))
        else:
            return query


# ---------------------------------------------------------------- files


def _newest_first(self: history.History, file: str) -> list[history.Revision]:
    return list(reversed(self._revisions.get(file, [])))


def _for_readers(call: Any, _: str) -> Any:
    return found_file(call)


def _moves_the_time(patch: Patch, _: Running) -> None:
    usual = State.commit
    patch.setattr(State, "commit", lambda state, book, account, **_: usual(state, book, account))


_usual_place = api_files._place


def _in_the_first(call: Any, book: Any, parents: list[str] | None) -> None:
    _usual_place(call, book, (parents or [])[:1])


def _any_upload(call: Any) -> tuple[Json, bytes, str]:
    return json.loads(call.body.raw), b"", "text/csv"


def _keeps_the_tab(patch: Patch, _: Running) -> None:
    def rows(book: Any, *given: Any) -> None:
        import_rows(book, *given)
        book.tabs[0].sheet_id = 7

    patch.setattr(api_uploads, "import_rows", rows)


def _ends_in_a_break(patch: Patch, _: Running) -> None:
    patch.setattr(api_files, "exported", lambda *given: exported(*given) + b"\r\n")


def _oldest_comment_first(patch: Patch, _: Running) -> None:
    def turned(call: Any, about: str, items: list[Any], size: int) -> Any:
        return page_of(call, about, items[::-1], size)

    patch.setattr(api_comments, "page_of", turned)


# ---------------------------------------------------------------- shares


def _anyone_writes(_: Json) -> Permission:
    """Whatever is asked for is taken, as a share with everybody: what must be put back."""
    return Permission("anyoneWithLink", "anyone", "writer")


def _offers_to_anyone(call: Any, book: Any, wanted: Permission) -> Json:
    return api_permissions._answered(call, api_permissions._put(call, book, replace(wanted, pending_owner=False)))


_TAKEN = _request("setDataValidation", _changes_what_is_gone)

#: belief -> what makes it false; one that nobody can check is missing here
WRONG: dict[str, Change] = {
    "pasted-text-is-typed-and-makes-room": _instead(pasting, "type_into", _untyped),
    "validation-stops-no-program": _request("setDataValidation", _refuses),
    "ungrouped-rows-stay-hidden": _request("deleteDimensionGroup", _shows_again),
    "replaced-text-is-typed": _instead(finding, "type_into", _untyped),
    "fills-go-on-as-by-hand": _instead(filling, "_continued", lambda _cells, _position, model, _alternate: model),
    "ranges-follow-whole-blocks": _instead(blocks, "_follow", lambda *_: None),
    "hours-beyond-a-day-are-typed-durations": _instead(typed, "_duration", lambda _: None),
    "capitals-alone-mean-nothing": _always_the_month,
    "formulas-inherit-dates": _instead(results, "inherited", lambda *_: None),
    "new-tabs-are-1000-by-26": _request("addSheet", _small),
    "conditions-need-a-type": _TAKEN,
    "conditions-know-their-purpose": _TAKEN,
    "conditions-count-their-values": _TAKEN,
    "condition-values-are-not-empty": _TAKEN,
    "relative-dates-are-for-formats-and-filters": _TAKEN,
    "dropdown-ranges-must-be-there": _TAKEN,
    "filter-view-titles-are-unique": _request("addFilterView", _changes_what_is_gone),
    "moves-cut-no-merge": _request("moveDimension", _changes_what_is_gone),
    "moves-land-in-no-merge": _request("moveDimension", _changes_what_is_gone),
    "keys-are-looked-at-before-tokens": _instead(server, "check_credentials", _tokens_first),
    "parameters-come-once": _instead(calls, "_repeated", lambda name: GoogleError(400, f"{name} stands there twice.")),
    "not-binds-before-and": _instead(_Parser, "_one", _loose_not),
    "and-binds-before-or": _instead(_Parser, "any_of", _left_to_right),
    "revisions-come-oldest-first": _instead(history.History, "revisions", _newest_first),
    "revisions-are-for-editors": _instead(api_changes, "found_file", _for_readers),
    "folders-have-no-revisions": _instead(api_changes, "FOLDER_MIME", "nothing"),
    "what-hangs-on-a-file-leaves-its-time": _moves_the_time,
    "upload-types-are-named": _instead(api_uploads, "_parts", _any_upload),
    "generated-ids-are-no-spreadsheets": _instead(api_files, "_new_id", lambda _call, body, _kind: body["id"]),
    "files-lie-in-one-folder": _instead(api_files, "_place", _in_the_first),
    "imported-tabs-are-new": _keeps_the_tab,
    "imported-tabs-have-room": _instead(files, "_LEAST_ROWS", 1),
    "exports-end-without-a-line-break": _ends_in_a_break,
    "exported-tabs-and-breaks-are-blanks": _instead(files, "_one_line", lambda text: text),
    "comments-come-newest-first": _oldest_comment_first,
    "comments-need-content": _instead(api_comments, "_content", lambda _body, _kind: "nothing"),
    "shares-are-of-a-known-type": _instead(api_permissions, "_wanted", _anyone_writes),
    "shares-give-a-known-role": _instead(api_permissions, "_wanted", _anyone_writes),
    "organizers-are-for-shared-drives": _instead(api_permissions, "_wanted", _anyone_writes),
    "only-people-are-owners": _instead(api_permissions, "_wanted", _anyone_writes),
    "pending-owners-are-writers": _instead(api_permissions, "_offer", _offers_to_anyone),
}
