"""The page and the server behind it: who is let in, what may be sent, and that nothing typed becomes markup."""

import errno
import logging
import socket
from urllib.parse import urlsplit

import pytest
import requests

from sheetsync.sandbox import Running, email_of
from tests.sandbox.conftest import BOOK, Api, assertion, grid_range
from tests.sandbox.page import Browser, Page

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
ADDRESSES = (
    "/",
    f"/spreadsheets/d/{BOOK}/edit",
    f"/spreadsheets/d/{BOOK}/changes?gid=0",
    f"/spreadsheets/d/{BOOK}/looks.css?gid=0",
    f"/v4/spreadsheets/{BOOK}",
    "/drive/v3/files",
    "/page/page.js",
    "/token",
    "/nowhere",
)


def port(sandbox: Running) -> int:
    return urlsplit(sandbox.base).port or 80


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "host", ["sheets.example", "127.0.0.1", "127.0.0.1.example:{port}", "localhost:1", "[::1]:{port}", ""]
)
def test_a_foreign_host_is_refused_everywhere(sandbox: Running, address: str, host: str) -> None:
    headers = {"Host": host.format(port=port(sandbox))}
    for method in ("GET", "POST"):
        answer = requests.request(method, f"{sandbox.base}{address}", headers=headers, timeout=10)
        assert answer.status_code in (400, 421)
        assert "Season plan" not in answer.text


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST"])
def test_both_of_its_own_names_are_answered(sandbox: Running, name: str) -> None:
    headers = {"Host": f"{name}:{port(sandbox)}"}
    assert requests.get(f"{sandbox.base}/", headers=headers, timeout=10).status_code == 200
    refused = requests.get(f"{sandbox.base}/v4/spreadsheets/{BOOK}", headers=headers, timeout=10)
    assert refused.status_code == 401


def test_two_hosts_in_one_request_are_one_too_many(sandbox: Running) -> None:
    with socket.create_connection(("127.0.0.1", port(sandbox)), timeout=10) as raw:
        own = f"Host: 127.0.0.1:{port(sandbox)}\r\n"
        raw.sendall(f"GET / HTTP/1.1\r\n{own}Host: sheets.example\r\nConnection: close\r\n\r\n".encode())
        status = raw.makefile("rb").readline()
    assert status.split()[1] in (b"400", b"421")


def test_only_loopback_is_listened_on(sandbox: Running) -> None:
    # Any address of this machine but the one it was bound to.
    with socket.socket() as elsewhere:
        assert elsewhere.connect_ex(("127.0.0.2", port(sandbox))) == errno.ECONNREFUSED


@pytest.mark.parametrize(
    "origin", [None, "null", "http://sheets.example", "https://127.0.0.1:{port}", "http://127.0.0.1"]
)
def test_an_edit_from_elsewhere_is_refused(sandbox: Running, origin: str | None) -> None:
    browser = Browser(sandbox)
    form = browser.held | {"ticket": browser.page.body["data-ticket"], "act": "type", "texts": '[["x"]]'}
    headers = {} if origin is None else {"Origin": origin.format(port=port(sandbox))}
    answer = browser.session.post(f"{browser.address}/edit", data=form, headers=headers, timeout=10)
    assert answer.status_code == 403
    assert sandbox.shown(BOOK, "Plan", "A1") == ""


@pytest.mark.parametrize("ticket", ["", "x", "é", "0" * 43])
def test_an_edit_without_the_page_s_ticket_is_refused(sandbox: Running, ticket: str) -> None:
    browser = Browser(sandbox)
    assert browser.type(0, 0, "x", ticket=ticket).status_code == 403
    browser.session.cookies.clear()
    assert browser.type(0, 0, "x").status_code == 403
    name = f"sandbox-{port(sandbox)}"
    browser.session.cookies.set(name, ticket, domain="127.0.0.1")
    assert browser.type(0, 0, "x", ticket=ticket).status_code == 403
    assert sandbox.shown(BOOK, "Plan", "A1") == ""


def test_the_ticket_s_cookie_is_for_this_site_and_no_script(sandbox: Running) -> None:
    answer = requests.get(f"{sandbox.base}/spreadsheets/d/{BOOK}/edit", timeout=10)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "domain" not in cookie


@pytest.mark.parametrize("address", [*ADDRESSES[:4], "/page/page.css", "/page/nothing.js", "/spreadsheets/d/none/edit"])
def test_every_page_says_that_only_its_own_files_count(sandbox: Running, address: str) -> None:
    answer = requests.get(f"{sandbox.base}{address}", timeout=10)
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ["routes.py", "__init__.py", "..%2fserver.py", "%2e%2e/server.py", "page.html", "."])
def test_only_the_page_s_own_files_are_served(sandbox: Running, name: str) -> None:
    answer = requests.get(f"{sandbox.base}/page/{name}", timeout=10)
    assert answer.status_code == 404
    assert "import" not in answer.text


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic cGVyc29uOng=", "Bearer ya29.sandbox-guess"])
def test_unknown_credentials_are_refused(sandbox: Running, header: str) -> None:
    headers = {"Authorization": header} if header else {}
    for address in (f"/v4/spreadsheets/{BOOK}", "/drive/v3/files"):
        assert requests.get(f"{sandbox.base}{address}", headers=headers, timeout=10).status_code == 401


def test_who_has_no_role_sees_no_page(sandbox: Running) -> None:
    sandbox.page_account = "stranger"
    try:
        for path in ("edit", "changes?gid=0&since=1", "looks.css?gid=0"):
            answer = requests.get(f"{sandbox.base}/spreadsheets/d/{BOOK}/{path}", timeout=10)
            assert answer.status_code == 403
            assert "<td" not in answer.text
        listed = requests.get(f"{sandbox.base}/", timeout=10).text
    finally:
        sandbox.page_account = "person"
    assert "no access" in listed
    assert f"/spreadsheets/d/{BOOK}" not in listed


def test_a_reader_may_look_and_not_touch(sandbox: Running) -> None:
    writer = Browser(sandbox)
    sandbox.page_account = "second"
    try:
        reader = Browser(sandbox)
        assert reader.page.body["data-ticket"] == ""
        assert "menu" not in reader.page.tags or 'id="menu"' not in reader.page.text
        assert reader.type(0, 0, "x").status_code == 403
        # Not even with a ticket from elsewhere.
        assert reader.type(0, 0, "x", ticket=writer.page.body["data-ticket"]).status_code == 403
    finally:
        sandbox.page_account = "person"
    assert sandbox.shown(BOOK, "Plan", "A1") == ""


def test_no_token_and_nothing_typed_stands_in_a_log(sandbox: Running, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    key = assertion(sandbox.key_file("person"))
    api = Api(sandbox, "person")
    token = str(api.session.headers["Authorization"]).split()[1]
    api.write("Plan!A1", [["one"]])
    api.call("GET", f"/v4/spreadsheets/{BOOK}", access_token=token)
    browser = Browser(sandbox)
    ticket = browser.page.body["data-ticket"]
    assert browser.type(0, 1, "hush-hush").status_code == 200
    assert browser.type(0, 1, "hush-hush", ticket="wrong").status_code == 403
    # This very process is the client too, and its urllib3 tells where it went: the server is what is looked at.
    served = [record for record in caplog.records if not record.name.startswith("urllib3")]
    told = repr(sandbox.requests) + "\n".join(record.getMessage() for record in served)
    for secret in (key, token, ticket, "hush-hush"):
        assert secret not in told


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "</td></table><h3>x", '"><img src=x onerror=alert(1)>', "&lt;b&gt;", "' onload='x"],
)
def test_hostile_text_stays_text(api: Api, sandbox: Running, text: str) -> None:
    api.write("Plan!A1", [[text]], "RAW")
    note = {"repeatCell": {"range": grid_range(0, 1, 0, 1), "cell": {"note": text}, "fields": "note"}}
    rename = {"properties": {"sheetId": 7, "title": text}, "fields": "title"}
    title = {"updateSpreadsheetProperties": {"properties": {"title": text}, "fields": "title"}}
    whole = {"range": {"sheetId": 7}, "description": text, "warningOnly": True}
    api.done(note, {"updateSheetProperties": rename}, title, {"addProtectedRange": {"protectedRange": whole}})
    for shown in (Browser(sandbox).page, Browser(sandbox, gid=7).page):
        assert not shown.tags & {"img", "h3", "b"}
        assert shown.text.count("<script") == 1
    assert Browser(sandbox).page.cells["A1"] == text
    assert Browser(sandbox).page.marks["A1"]["title"] == text
    assert not Page(requests.get(f"{sandbox.base}/", timeout=10).text).tags & {"script", "img", "h3"}


def test_no_format_becomes_a_style_of_its_own(api: Api, sandbox: Running) -> None:
    ugly = {"fontFamily": "x;} body{display:none", "fontSize": 12, "foregroundColor": {"red": 1}}
    cell = {"userEnteredFormat": {"textFormat": ugly}, "userEnteredValue": {"stringValue": "x"}}
    api.done({"repeatCell": {"range": grid_range(0, 1, 0, 1), "cell": cell, "fields": "*"}})
    style = requests.get(f"{sandbox.base}/spreadsheets/d/{BOOK}/looks.css?gid=0", timeout=10).text
    assert "display" not in style
    assert "fg-ff0000" in style


@pytest.mark.parametrize(
    ("address", "linked"),
    [
        ('https://example.com/?a=1&b="2', True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("http://[", False),
    ],
)
def test_only_safe_addresses_become_links(api: Api, sandbox: Running, address: str, linked: bool) -> None:
    cell = {"userEnteredValue": {"stringValue": "go"}, "userEnteredFormat": {"textFormat": {"link": {"uri": address}}}}
    fields = "userEnteredFormat.textFormat.link,userEnteredValue"
    api.done({"repeatCell": {"range": grid_range(0, 1, 0, 1), "cell": cell, "fields": fields}})
    assert (address in Browser(sandbox).page.links) is linked


def test_an_account_s_name_is_its_mail(sandbox: Running) -> None:
    assert email_of("person") in Browser(sandbox).page.text
