"""Laws of Drive's `q`, of its pages, and what each term finds."""

import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetsync.sandbox import Running, State, email_of
from sheetsync.sandbox.drive.access import give
from sheetsync.sandbox.drive.model import FOLDER_MIME, DriveAttributes
from sheetsync.sandbox.drive.query import (
    OPERATORS,
    All,
    AnyOf,
    Not,
    Query,
    Searched,
    Term,
    matches,
    parse_query,
    printed,
)
from sheetsync.sandbox.errors import GoogleError
from sheetsync.sandbox.model import SHEETS_MIME, Cell, Tab, Workbook
from sheetsync.sandbox.sparse import Sparse
from tests.sandbox.conftest import Api, add_workbook

TEXTS = st.text(st.sampled_from("aB'\"\\ \n(){}=ü_9and"), max_size=8)
MOMENTS = st.sampled_from(
    ["2026-11-01T00:00:00.000Z", "2026-11-02T00:00:00", "2026-11-02", "2026-11-03T01:00:00+01:00"]
)


def _values(field: str) -> st.SearchStrategy[str]:
    if field.endswith("Time"):
        return MOMENTS
    if field in ("trashed", "starred", "sharedWithMe"):
        return st.sampled_from(["true", "false"])
    if field == "visibility":
        return st.sampled_from(["limited", "anyoneWithLink", "anyoneCanFind", "domainCanFind", "domainWithLink"])
    return TEXTS | st.sampled_from(["Plan", "plan b", SHEETS_MIME, "me", "root", "folder", "other@x.org"])


@st.composite
def terms(draw: st.DrawFn) -> Term:
    """Any comparison the grammar has."""
    field = draw(st.sampled_from(sorted(OPERATORS)))
    operator = draw(st.sampled_from(sorted(OPERATORS[field])))
    key = draw(st.sampled_from(["k", "it's"])) if operator == "has" else ""
    return Term(field, operator, draw(_values(field)), key)


def _groups(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    parts = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.builds(Not, inner) | st.builds(All, parts) | st.builds(AnyOf, parts)


QUERIES: st.SearchStrategy[Query] = st.recursive(terms(), _groups, max_leaves=8)


@st.composite
def books(draw: st.DrawFn) -> Workbook:
    """Any file in a Drive."""
    book = Workbook("b", draw(st.sampled_from(["Plan", "plan B", "Season's_plan", "x"])), owner=draw(_PEOPLE))
    book.mime_type = draw(st.sampled_from([SHEETS_MIME, FOLDER_MIME]))
    book.trashed = draw(st.booleans())
    book.modified = book.created = draw(st.sampled_from(["2026-11-01T00:00:00.000Z", "2026-11-02T00:00:00.000Z"]))
    book.tabs = [Tab(0, "T", cells=Sparse({(0, 0): Cell(value=draw(st.sampled_from(["aB 9", "and"])))}))]
    book.drive = DriveAttributes(
        parent=draw(st.sampled_from(["", "folder"])),
        starred=draw(st.sampled_from([(), ("me@x.org",)])),
        properties=draw(st.sampled_from([{}, {"k": "aB"}, {"it's": "9"}])),
    )
    if draw(st.booleans()):
        give(book, draw(st.sampled_from(["me@x.org", "@x.org", "anyone"])), draw(st.sampled_from(["reader", "writer"])))
    return book


_PEOPLE = st.sampled_from(["me@x.org", "other@x.org"])
STATE = State()


def asked(query: Query, book: Workbook) -> bool:
    """Whether `me@x.org` finds the file."""
    return matches(query, Searched(STATE, book, "me@x.org"))


@given(QUERIES)
def test_what_is_printed_is_read_as_the_same_query(query: Query) -> None:
    assert parse_query(printed(query)) == query


@given(QUERIES, QUERIES, books())
def test_and_or_and_not_of_texts_mean_and_or_and_not(one: Query, other: Query, book: Workbook) -> None:
    a, b = asked(one, book), asked(other, book)
    left, right = f"({printed(one)})", f"({printed(other)})"
    assert asked(parse_query(f"{left} and {right}"), book) == (a and b)
    assert asked(parse_query(f"{left} or {right}"), book) == (a or b)
    assert asked(parse_query(f"not {left}"), book) == (not a)
    assert asked(parse_query(f"{left} or not {right} and {left}"), book) == (a or ((not b) and a))


@given(books(), TEXTS, MOMENTS)
def test_contraries_of_a_comparison_share_the_files_out(book: Workbook, text: str, moment: str) -> None:
    for field in ("name", "mimeType"):
        assert asked(Term(field, "=", text), book) != asked(Term(field, "!=", text), book)
    for field in ("modifiedTime", "createdTime"):
        for operator, contrary in (("<", ">="), (">", "<="), ("=", "!=")):
            assert asked(Term(field, operator, moment), book) != asked(Term(field, contrary, moment), book)


@given(st.text(st.sampled_from(string.ascii_lowercase[:4] + "'\"() =<>!\\andorinhas{}")) | st.text())
@settings(max_examples=300)
def test_any_text_is_read_or_refused_as_an_invalid_value(text: str) -> None:
    found: Query | GoogleError
    try:
        found = parse_query(text)
    except GoogleError as refused:
        found = refused
    if isinstance(found, GoogleError):
        said = (found.code, found.message, found.reason, found.location)
        assert said == (400, "Invalid Value", "invalid", "q")
    else:
        assert found == All(()) or parse_query(printed(found)) == found


@pytest.mark.parametrize(
    "query",
    [
        "name < 'x'", "fullText = 'x'", "trashed = 'true'", "trashed = maybe", "trashed > true", "owners = 'x'",
        "'x' in name", "'x' has properties", "properties has { key='a' }", "properties has { value='a' and key='b' }",
        "modifiedTime > 'yesterday'", "name = x", "name = 'a' 'b'", "name = 'a' and", "or", "()", "title = 'x'",
        "visibility = 'nobody'", "name contains", "not", "{", "'a'", "starred", "nonsense = 'x'",
    ],
)  # fmt: skip
def test_what_the_grammar_does_not_have_is_refused(query: str) -> None:
    with pytest.raises(GoogleError, match="Invalid Value"):
        parse_query(query)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sharedWithMe", "theirs open"),
        ("sharedWithMe and not starred = true", "theirs open"),
        ("'me' in owners", "mine folder inside"),
        ("'me' in writers", "mine folder inside theirs"),
        ("'me' in readers and mimeType != 'application/vnd.google-apps.folder'", "mine inside theirs open"),
        ("'root' in parents", "mine folder"),
        ("'FOLDER' in parents", "inside"),
        ('parents in "FOLDER"', "inside"),
        ("starred = true", "mine"),
        ("properties has { key='team' and value='crm' }", "mine"),
        ("appProperties has { key='team' and value='crm' }", ""),
        ("name contains 'pl'", "mine theirs"),
        ("name contains 'plan my'", "mine"),
        ("name contains 'lan'", ""),
        ("fullText contains 'hidden'", "mine"),
        ("fullText contains 'hidd'", ""),
        ("fullText contains '\"a hidden word\"'", "mine"),
        ("fullText contains '\"word hidden\"'", ""),
        ("visibility = 'anyoneCanFind'", ""),
        ("visibility = 'limited' and trashed = false", "mine folder inside theirs"),
        ("visibility != 'limited'", "open"),
        ("mimeType contains 'folder'", "folder"),
        ("viewedByMeTime > '2000-01-01T00:00:00'", ""),
    ],
)
def test_what_each_term_finds(sandbox: Running, api: Api, person: Api, query: str, found: str) -> None:
    sandbox.state.workbooks.clear()

    def made(by: Api, **body: object) -> str:
        return str(by.call("POST", "/drive/v3/files", {"mimeType": SHEETS_MIME} | body).json()["id"])

    ids = {"mine": made(api, name="My plan", starred=True, properties={"team": "crm"})}
    cells = {"values": [["this is a hidden word"]]}
    api.call("PUT", f"/v4/spreadsheets/{ids['mine']}/values/A1", cells, valueInputOption="RAW")
    ids["folder"] = made(api, name="Folder", mimeType=FOLDER_MIME)
    ids["inside"] = made(api, name="Inside", parents=[ids["folder"]])
    ids["theirs"], ids["open"] = made(person, name="Their plan"), made(person, name="Open")
    sandbox.share(ids["theirs"], "sheetsync", "writer")
    sandbox.share(ids["open"], "sheetsync", "reader")
    sandbox.share(ids["open"], "anyone", "reader")
    made(person, name="Not to be seen")
    answer = api.call("GET", "/drive/v3/files", q=query.replace("FOLDER", ids["folder"])).json()
    names = {number: name for name, number in ids.items()}
    assert {names[file["id"]] for file in answer["files"]} == set(found.split())


# -- pages


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 12), st.integers(1, 5),
    st.lists(st.sampled_from(["name", "modifiedTime desc", "folder", "starred desc", "quotaBytesUsed"]), max_size=3),
)  # fmt: skip
def test_pages_tell_each_file_exactly_once_in_one_order(
    server: Running, count: int, size: int, keys: list[str]
) -> None:
    server.state.workbooks.clear()
    start = datetime(2026, 11, 1, tzinfo=UTC)
    for number in range(count):
        server.clock = lambda number=number: start + timedelta(seconds=number // 3)  # type: ignore[misc]
        book = add_workbook(server, f"book-{number:02}").copied()
        book.title, book.mime_type = f"Name {number % 2}", FOLDER_MIME if number % 4 == 0 else SHEETS_MIME
        server.state.commit(book, book.owner)
    server.clock = lambda: datetime.now(UTC)
    api = Api(server, "sheetsync")
    order = {"orderBy": ",".join(keys)} if keys else {}
    whole = [file["id"] for file in api.call("GET", "/drive/v3/files", pageSize=1000, **order).json()["files"]]
    assert sorted(whole) == [f"book-{number:02}" for number in range(count)]
    told, token = [], ""
    while True:
        page = api.call("GET", "/drive/v3/files", pageSize=size, pageToken=token, **order).json()
        told += [file["id"] for file in page["files"]]
        token = page.get("nextPageToken", "")
        if not token:
            break
        assert len(page["files"]) == size
    assert told == whole


def test_the_first_key_of_an_order_counts_most(sandbox: Running, api: Api) -> None:
    for number, (title, kind) in enumerate([("b", SHEETS_MIME), ("a", FOLDER_MIME), ("c", FOLDER_MIME)]):
        book = add_workbook(sandbox, f"more-{number}").copied()
        book.title, book.mime_type = title, kind
        sandbox.state.commit(book, book.owner)
    for order, names in (("folder,name desc", "c a Season_plan b"), ("name desc,folder", "Season_plan c b a")):
        files = api.call("GET", "/drive/v3/files", orderBy=order).json()["files"]
        assert [file["name"].replace(" ", "_") for file in files] == names.split()


def test_files_that_go_between_two_pages_shift_no_other_out(sandbox: Running, api: Api, person: Api) -> None:
    for number in range(6):
        add_workbook(sandbox, f"more-{number}")
    first = api.call("GET", "/drive/v3/files", pageSize=3, orderBy="createdTime").json()
    for file in first["files"][:2]:
        person.call("DELETE", f"/drive/v3/files/{file['id']}")
    rest = api.call("GET", "/drive/v3/files", orderBy="createdTime", pageToken=first["nextPageToken"]).json()["files"]
    assert [file["id"] for file in rest] == ["more-2", "more-3", "more-4", "more-5"]


def test_a_token_of_another_list_or_account_is_refused(sandbox: Running, api: Api, person: Api) -> None:
    add_workbook(sandbox, "book-2")
    token = api.call("GET", "/drive/v3/files", pageSize=1).json()["nextPageToken"]
    for caller, params in ((api, {"q": "trashed = false"}), (api, {"orderBy": "name"}), (person, {})):
        answer = caller.call("GET", "/drive/v3/files", pageSize=1, pageToken=token, **params)
        assert answer.json()["error"]["errors"][0]["location"] == "pageToken"
    assert api.call("GET", "/drive/v3/files", pageSize=1, pageToken="~!!~e30=").status_code == 400


def test_an_order_is_refused_with_full_text(api: Api) -> None:
    answer = api.call("GET", "/drive/v3/files", q="fullText contains 'x'", orderBy="name")
    assert answer.json()["error"]["errors"][0]["reason"] == "badRequest"
    assert api.call("GET", "/drive/v3/files", q="fullText contains 'x'").ok


def test_a_person_with_an_address_of_their_own_has_their_domains_access(sandbox: Running) -> None:
    book = sandbox.state.workbooks["book-1"].copied()
    give(book, "@example.com", "commenter")
    assert (book.role("anna@example.com"), book.role("anna@example.org")) == ("commenter", None)
    give(book, "anyone", "reader")
    assert (book.role("anna@example.org"), book.role(email_of("sheetsync"))) == ("reader", "writer")
