"""What Drive does with files: found, made, imported, exported, commented on; in files of a check's own where it writes.

A service account that owns no storage cannot make any: what needs one is then unknown, and says so.
"""

from itertools import pairwise

from sheetsync.adapters.google_probe.belief import Promise, Verdict, belief, judged, refused_as, unknown
from sheetsync.adapters.google_probe.drive import CSV, FILES, FOLDER, SHEET, UPLOADS, Drive
from sheetsync.adapters.google_probe.scratch import Probed, Scratch
from sheetsync.adapters.google_probe.wire import Json

_TSV = "text/tab-separated-values"
_NOBODYS = "sheetsync-probe of a name that nobody gave"


# ---------------------------------------------------------------- found


@belief(
    "not-binds-before-and",
    Promise.SANDBOX,
    "In a search `not` belongs to the term right after it, not to all that follows.",
    "not trashed = true and name = (a name that nobody gave)",
)
def not_binds_before_and(scratch: Scratch) -> Verdict:
    found = scratch.drive.found(f"not trashed = true and name = '{_NOBODYS}'")
    return judged(not found, f"{len(found)} files found")


@belief(
    "and-binds-before-or",
    Promise.SANDBOX,
    "In a search `and` binds before `or`, wherever they stand.",
    "name = (ours) or name = (a name that nobody gave) and trashed = true",
)
def and_binds_before_or(scratch: Scratch) -> Verdict:
    book = scratch.get("spreadsheetId,properties.title")
    title = book["properties"]["title"].replace("\\", "\\\\").replace("'", "\\'")
    found = scratch.drive.found(f"name = '{title}' or name = '{_NOBODYS}' and trashed = true")
    return judged(book["spreadsheetId"] in found, f"{len(found)} files found")


# ---------------------------------------------------------------- remembered


@belief(
    "revisions-come-oldest-first",
    Promise.SANDBOX,
    "The revisions of a spreadsheet are listed from the oldest to the newest.",
    "the list of the scratch spreadsheet's revisions",
)
def revisions_come_oldest_first(scratch: Scratch) -> Verdict:
    tab = scratch.tab(2, 1)
    scratch.batch(tab.added)
    scratch.batch(tab.filled([["1"]]))
    listed = scratch.drive.ask("GET", f"{scratch.drive.scratch}/revisions", fields="revisions(modifiedTime)")
    times = [each["modifiedTime"] for each in listed["revisions"]]
    if len(times) < 2:
        return unknown("there is only one revision yet")
    return judged(all(one <= other for one, other in pairwise(times)), f"{len(times)}, first {times[0]}")


@belief(
    "revisions-are-for-editors",
    Promise.SANDBOX,
    "Who may only read a file is refused the list of its revisions.",
    "a file shared with a second account as reader, who asks for its revisions",
)
def revisions_are_for_editors(scratch: Scratch) -> Verdict:
    if scratch.second is None:
        return unknown("needs --second-credentials FILE, of another account")
    with scratch.drive.file() as file:
        _share(scratch.drive, file, scratch.second.account)
        answer = Drive(scratch.second).refusal("GET", f"{FILES}/{file}/revisions")
    return refused_as(answer, 403, "insufficientFilePermissions", "")


def _share(drive: Drive, file: str, account: str) -> None:
    reader = {"type": "user", "role": "reader", "emailAddress": account}
    drive.ask("POST", f"{FILES}/{file}/permissions", reader, sendNotificationEmail=False)


@belief(
    "folders-have-no-revisions",
    Promise.SANDBOX,
    "The list of a folder's revisions is refused as not supported.",
    "the list of the revisions of a new folder",
)
def folders_have_no_revisions(scratch: Scratch) -> Verdict:
    with scratch.drive.file(FOLDER) as folder:
        answer = scratch.drive.refusal("GET", f"{FILES}/{folder}/revisions")
    return refused_as(answer, 403, "revisionsNotSupported", "does not support revisions")


@belief(
    "what-hangs-on-a-file-leaves-its-time",
    Promise.SANDBOX,
    "A comment, a share and the bin change neither a file's `modifiedTime` nor its revisions.",
    "a new file, commented on, shared (with a second account) and put into the bin",
)
def what_hangs_on_a_file_leaves_its_time(scratch: Scratch) -> Verdict:
    drive = scratch.drive
    with drive.file() as file:
        before = _moment(drive, file)
        drive.ask("POST", f"{FILES}/{file}/comments", {"content": "probe"}, fields="id")
        if scratch.second is not None:
            _share(drive, file, scratch.second.account)
        drive.ask("PATCH", f"{FILES}/{file}", {"trashed": True})
        after = _moment(drive, file)
    shared = "" if scratch.second else "; no share was tried, for want of --second-credentials"
    return judged(before == after, f"before {before}, after {after}{shared}")


def _moment(drive: Drive, file: str) -> tuple[str, int]:
    told = drive.ask("GET", f"{FILES}/{file}", fields="modifiedTime")
    revisions = drive.ask("GET", f"{FILES}/{file}/revisions", fields="revisions(id)")
    return told["modifiedTime"], len(revisions["revisions"])


# ---------------------------------------------------------------- made


@belief(
    "upload-types-are-named",
    Promise.SANDBOX,
    "An upload of a type that does not exist is refused with the type.",
    "an upload of the type `nonsense`",
)
def upload_types_are_named(scratch: Scratch) -> Verdict:
    answer = scratch.drive.refused_file({"mimeType": SHEET}, UPLOADS, uploadType="nonsense")
    return refused_as(answer, 400, "badRequest", "Invalid upload type 'nonsense'")


@belief(
    "generated-ids-are-no-spreadsheets",
    Promise.SANDBOX,
    "A new spreadsheet under an id that Drive generated is refused as invalid.",
    "an id generated, and a spreadsheet made under it",
)
def generated_ids_are_no_spreadsheets(scratch: Scratch) -> Verdict:
    [generated] = scratch.drive.ask("GET", f"{FILES}/generateIds", count=1)["ids"]
    answer = scratch.drive.refused_file({"mimeType": SHEET, "id": generated})
    return refused_as(answer, 400, "invalid", "Generated IDs are not supported for Docs Editors formats")


@belief(
    "files-lie-in-one-folder",
    Promise.SANDBOX,
    "A new file in two folders is refused.",
    "a folder made in the root and in another new folder",
)
def files_lie_in_one_folder(scratch: Scratch) -> Verdict:
    with scratch.drive.file(FOLDER) as folder:
        answer = scratch.drive.refused_file({"mimeType": FOLDER, "parents": ["root", folder]})
    return refused_as(answer, 403, "multipleParentsNotAllowed", "cannot be added to more than one folder")


# ---------------------------------------------------------------- imported, exported


@belief(
    "imported-tabs-are-new",
    Promise.SANDBOX,
    "CSV in the place of a spreadsheet's content leaves one tab, new and under the file's title.",
    "a spreadsheet made of CSV, then other CSV in its place",
)
def imported_tabs_are_new(scratch: Scratch) -> Verdict:
    with scratch.drive.file(rows="a,b") as file:
        [old] = _tabs(scratch, file)
        scratch.drive.replace(file, "c,d")
        tabs = _tabs(scratch, file)
    titles = [tab["title"] for tab in tabs]
    holds = titles == ["sheetsync-probe"] and tabs[0]["sheetId"] != old["sheetId"]
    return judged(holds, f"tabs {titles}, ids {old['sheetId']} and then {[tab['sheetId'] for tab in tabs]}")


@belief(
    "imported-tabs-have-room",
    Promise.SANDBOX,
    "A tab made of a file has at least 1000 rows and 26 columns, as a new one has.",
    "a spreadsheet made of one row of CSV",
)
def imported_tabs_have_room(scratch: Scratch) -> Verdict:
    with scratch.drive.file(rows="a,b") as file:
        grid = _tabs(scratch, file)[0]["gridProperties"]
    size = grid["rowCount"], grid["columnCount"]
    return judged(size[0] >= 1000 and size[1] >= 26, f"{size[0]} x {size[1]}")


def _tabs(scratch: Scratch, file: str) -> list[Json]:
    book = scratch.get("sheets.properties(sheetId,title,gridProperties)", spreadsheet=file)
    return [sheet["properties"] for sheet in book["sheets"]]


@belief(
    "exports-end-without-a-line-break",
    Promise.SANDBOX,
    "Lines of an exported CSV end in CR LF, the last in nothing.",
    "a first tab of 2 x 2, exported as CSV",
)
def exports_end_without_a_line_break(scratch: Scratch) -> Verdict:
    return _exported(scratch, [["a", "b"], ["c", "d"]], CSV, b"a,b\r\nc,d")


@belief(
    "exported-tabs-and-breaks-are-blanks",
    Promise.SANDBOX,
    "A tab stop or line break inside a cell is one blank in an exported TSV.",
    "a first tab whose cells hold a tab stop and a line break, exported as TSV",
)
def exported_tabs_and_breaks_are_blanks(scratch: Scratch) -> Verdict:
    return _exported(scratch, [["a\tb", "c\nd"]], _TSV, b"a b\tc d")


def _exported(scratch: Scratch, rows: list[list[object]], media_type: str, expected: bytes) -> Verdict:
    tab = scratch.tab(3, 3)
    scratch.batch(_first(tab), tab.filled(rows))
    answer = scratch.drive.exported(media_type)
    # At once: what is exported next must not be this tab.
    scratch.batch(tab.removed)
    return judged(answer == expected, f"{answer[:100]!r}")


def _first(tab: Probed) -> Json:
    added = tab.added["addSheet"]["properties"]
    return {"addSheet": {"properties": added | {"index": 0}}}


# ---------------------------------------------------------------- commented on


@belief(
    "comments-come-newest-first",
    Promise.SANDBOX,
    "Comments are listed by their newest change, a reply included, the newest first.",
    "a new file with two comments, listed; then a reply to the older one, and listed again",
)
def comments_come_newest_first(scratch: Scratch) -> Verdict:
    drive = scratch.drive
    with drive.file() as file:
        comments = f"{FILES}/{file}/comments"
        made = [drive.ask("POST", comments, {"content": text}, fields="id")["id"] for text in ("one", "two")]
        first = _listed(drive, comments)
        drive.ask("POST", f"{comments}/{made[0]}/replies", {"content": "reply"}, fields="id")
        second = _listed(drive, comments)
    named = [[made.index(each) + 1 for each in listed] for listed in (first, second)]
    return judged(named == [[2, 1], [1, 2]], f"{named[0]}, after a reply to 1 {named[1]}")


def _listed(drive: Drive, comments: str) -> list[str]:
    return [each["id"] for each in drive.ask("GET", comments, fields="comments(id)")["comments"]]


@belief(
    "comments-need-content",
    Promise.SANDBOX,
    "A comment without content is refused as lacking it.",
    "a new file, and a comment of an empty text on it",
)
def comments_need_content(scratch: Scratch) -> Verdict:
    with scratch.drive.file() as file:
        answer = scratch.drive.refusal("POST", f"{FILES}/{file}/comments", {"content": ""}, fields="id")
    return refused_as(answer, 400, "required", "comment content field is required")


BELIEFS = (
    not_binds_before_and,
    and_binds_before_or,
    revisions_come_oldest_first,
    revisions_are_for_editors,
    folders_have_no_revisions,
    what_hangs_on_a_file_leaves_its_time,
    upload_types_are_named,
    generated_ids_are_no_spreadsheets,
    files_lie_in_one_folder,
    imported_tabs_are_new,
    imported_tabs_have_room,
    exports_end_without_a_line_break,
    exported_tabs_and_breaks_are_blanks,
    comments_come_newest_first,
    comments_need_content,
)
