"""The page in a real browser: what a person sees, types, sorts and is asked, with mouse and keyboard."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from sheetsync.sandbox import Running, email_of, running
from sheetsync.sandbox.model import Cell, Tab, Workbook
from sheetsync.sandbox.sparse import Sparse
from tests.sandbox.conftest import Api, grid_range, lines

pytestmark = pytest.mark.e2e

_CHROMIUM = Path("/usr/bin/chromium")
_QUIET = "--no-sandbox --disable-quic --no-first-run --disable-background-networking --disable-component-update"
BOOK = "page-book"
ROWS = [["Campaign", "Start", "Budget"], ["Advent", "12/1/2026", "500"], ["Zest", "11/2/2026", "70"], ["Mint", "", "8"]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not _CHROMIUM.exists():
        pytest.skip("no chromium here")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(_CHROMIUM), args=[*_QUIET.split(), "--disable-sync"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(accounts=tmp_path_factory.mktemp("accounts")) as started:
        yield started


@pytest.fixture
def sandbox(server: Running) -> Iterator[Running]:
    server.state.workbooks.clear()
    book = Workbook(BOOK, "Season plan", "en_US", "Europe/London", email_of("person"))
    book.shared_with = {email_of("sheetsync"): "writer", email_of("second"): "reader"}
    book.tabs = [Tab(0, "Plan", 100, 8, frozen_rows=1), Tab(7, "Other", 300, 8, frozen_rows=1)]
    server.state.commit(book, book.owner)
    others = Api(server, "sheetsync")
    for row, texts in enumerate(ROWS):
        write(others, f"Plan!A{row + 1}", [texts])
    yield server
    server.page_account = "person"


@pytest.fixture
def others(sandbox: Running) -> Api:
    """Somebody else at work in the same workbook."""
    return Api(sandbox, "sheetsync")


def write(api: Api, place: str, texts: list[list[str]]) -> None:
    path = f"/v4/spreadsheets/{BOOK}/values/{place}"
    assert api.call("PUT", path, {"values": texts}, valueInputOption="USER_ENTERED").ok


def change(api: Api, *requests: dict[str, object]) -> None:
    assert api.call("POST", f"/v4/spreadsheets/{BOOK}:batchUpdate", {"requests": list(requests)}).ok


@pytest.fixture
def see(browser: Browser, sandbox: Running) -> Iterator[Callable[[str], Page]]:
    """Opens the workbook at a link's end; whatever the browser complains of fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # What is refused, or cut off by a test, is told by the page; the browser notes it as well.
        if message.type in ("error", "warning") and not re.search("status of 4|ERR_FAILED", message.text):
            complaints.append(message.text)

    def opened(end: str = "", account: str = "person") -> Page:
        sandbox.page_account = account
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: _only_own(request.url, sandbox, complaints))
        page.goto(f"{sandbox.base}/spreadsheets/d/{BOOK}/edit{end}")
        page.wait_for_selector("html[data-ready]")
        return page

    yield opened
    context.close()
    assert complaints == []


def _only_own(url: str, sandbox: Running, complaints: list[str]) -> None:
    if not url.startswith(sandbox.base):
        complaints.append(f"asked elsewhere: {url}")


def at(page: Page, name: str) -> str:
    """The selector of a cell by its name."""
    letters = name.rstrip("0123456789")
    return f'tr[data-r="{int(name[len(letters) :]) - 1}"] td[data-c="{ord(letters) - ord("A")}"]'


def cell(page: Page, name: str, text: str) -> None:
    expect(page.locator(at(page, name))).to_have_text(text, timeout=15_000)


def chosen(page: Page, name: str) -> None:
    expect(page.locator("#place")).to_have_value(name)


def stored(sandbox: Running, name: str, tab: str = "Plan") -> str:
    return sandbox.shown(BOOK, tab, name)


def eventually(sandbox: Running, name: str, text: str) -> None:
    end = time.monotonic() + 15
    while stored(sandbox, name) != text and time.monotonic() < end:
        time.sleep(0.05)
    assert stored(sandbox, name) == text


# -- looking


def test_a_link_opens_its_tab_scrolls_to_its_cell_and_marks_it(see: Callable[..., Page]) -> None:
    page = see("#gid=7&range=C250")
    assert "gid=7" in page.url
    marked = page.locator("td.marked")
    expect(marked).to_have_count(1)
    expect(marked).to_be_in_viewport()
    chosen(page, "C250")
    expect(page.locator("footer a[aria-current]")).to_have_text("Other")
    page.evaluate("location.hash = '#gid=7&range=B2:C4'")
    expect(marked).to_have_count(6)
    chosen(page, "B2:C4")
    expect(page.locator(at(page, "B2"))).to_be_in_viewport()


def test_a_link_that_leads_nowhere_says_so(see: Callable[..., Page]) -> None:
    page = see("#gid=99&range=A1")
    expect(page.locator("#message")).to_contain_text("not in this workbook")
    page = see("#gid=0&range=A5000")
    expect(page.locator("#message")).to_contain_text("outside of this sheet")


def test_the_page_shows_all_without_script(browser: Browser, sandbox: Running) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{sandbox.base}/")
    page.get_by_role("link", name="Season plan").click()
    cell(page, "A2", "Advent")
    page.get_by_role("link", name="Other").click()
    expect(page.locator("footer a[aria-current]")).to_have_text("Other")
    context.close()


def test_the_header_stays_in_sight_while_the_rest_scrolls(see: Callable[..., Page]) -> None:
    page = see()
    page.locator("#sheet").evaluate("sheet => sheet.scrollTo(0, 1500)")
    expect(page.locator(at(page, "A1"))).to_be_in_viewport()
    expect(page.locator(at(page, "A2"))).not_to_be_in_viewport()


# -- typing


def test_typing_opens_the_editor_and_enter_keeps_the_text(see: Callable[..., Page], sandbox: Running) -> None:
    page = see("#gid=0&range=A5")
    page.keyboard.type("=C2*2")
    expect(page.locator("#entry")).to_have_value("=C2*2")
    page.keyboard.press("Enter")
    cell(page, "A5", "1000")
    chosen(page, "A6")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#entry")).to_have_value("=C2*2")
    page.keyboard.type("gone")
    page.keyboard.press("Escape")
    cell(page, "A5", "1000")
    expect(page.locator("#editor")).to_be_hidden()
    assert stored(sandbox, "A5") == "1000"


def test_f2_and_double_click_edit_what_is_there_and_a_click_elsewhere_keeps_it(
    see: Callable[..., Page], sandbox: Running
) -> None:
    page = see()
    page.dblclick(at(page, "A2"))
    page.keyboard.type("!")
    page.click(at(page, "C4"))
    cell(page, "A2", "Advent!")
    chosen(page, "C4")
    page.keyboard.press("F2")
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("1")
    page.keyboard.press("Tab")
    cell(page, "C4", "18")
    chosen(page, "D4")
    eventually(sandbox, "A2", "Advent!")
    eventually(sandbox, "C4", "18")


def test_the_bar_edits_too_and_delete_clears_what_is_selected(see: Callable[..., Page], sandbox: Running) -> None:
    page = see("#gid=0&range=B2")
    expect(page.locator("#entry")).to_have_value("12/1/2026")
    page.fill("#entry", "12/24/2026")
    page.press("#entry", "Enter")
    cell(page, "B2", "12/24/2026")
    chosen(page, "B3")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    chosen(page, "B3:C4")
    page.keyboard.press("Delete")
    cell(page, "B3", "")
    cell(page, "C4", "")
    assert stored(sandbox, "C2") == "500"


def test_the_keyboard_goes_everywhere(see: Callable[..., Page]) -> None:
    page = see("#gid=0&range=A2")
    for key, place in (
        ("ArrowRight", "B2"),
        ("Tab", "C2"),
        ("Shift+Tab", "B2"),
        ("Enter", "B3"),
        ("Shift+Enter", "B2"),
        ("Home", "A2"),
        ("Control+ArrowDown", "A4"),
        ("Control+ArrowDown", "A100"),
        ("Control+Home", "A1"),
        ("Control+End", "C4"),
        ("Control+Space", "C1:C100"),
        ("ArrowDown", "C2"),
        ("Shift+Space", "A2:H2"),
    ):
        page.keyboard.press(key)
        if key == "Control+Space":
            expect(page.locator("#place")).to_have_value("C1:C100")
            page.keyboard.press("Home")
            page.keyboard.press("ArrowRight")
            page.keyboard.press("ArrowRight")
            continue
        if key == "Shift+Space":
            expect(page.locator("#count")).to_have_text("1 × 8")
            continue
        chosen(page, place)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("PageDown")
    expect(page.locator("#place")).not_to_have_value("A3")
    expect(page.locator("td[tabindex='0']")).to_be_focused()
    page.keyboard.press("F6")
    page.keyboard.type("b3")
    page.keyboard.press("Enter")
    chosen(page, "B3")


def test_a_block_is_copied_and_pasted(see: Callable[..., Page], sandbox: Running) -> None:
    page = see("#gid=0&range=A2:C3")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=sandbox.base)
    page.keyboard.press("Control+c")
    page.click(at(page, "A10"))
    page.keyboard.press("Control+v")
    cell(page, "C11", "70")
    chosen(page, "A10:C11")
    assert stored(sandbox, "B10") == "12/1/2026"


# -- lines


def test_the_menu_inserts_deletes_and_sorts_by_keyboard_alone(see: Callable[..., Page], sandbox: Running) -> None:
    page = see("#gid=0&range=A3")

    def choose(name: str) -> None:
        page.keyboard.press("Shift+F10")
        page.get_by_role("menuitem", name=name).press("Enter")

    page.keyboard.press("Shift+F10")
    expect(page.get_by_role("menuitem", name="Insert row above")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Insert row below")).to_be_focused()
    page.keyboard.press("Enter")
    cell(page, "A5", "Mint")
    chosen(page, "A4")
    choose("Delete row 4")
    cell(page, "A4", "Mint")
    choose("Sort sheet by A, A to Z")
    cell(page, "A3", "Mint")
    cell(page, "A4", "Zest")
    choose("Insert column left")
    cell(page, "B4", "Zest")
    assert sandbox.grid(BOOK, "Plan")[2][1:] == ["Mint", "", "8"]


def test_the_mouse_chooses_lines_and_sorts_a_range(see: Callable[..., Page], sandbox: Running) -> None:
    page = see()
    page.click('tr[data-r="1"] th')
    page.click('tr[data-r="2"] th', modifiers=["Shift"])
    expect(page.locator("#count")).to_have_text("2 × 8")
    page.click('tr[data-r="1"] th', button="right")
    expect(page.get_by_role("menuitem", name="Delete rows 2–3")).to_be_visible()
    page.keyboard.press("Escape")
    page.click(at(page, "A2"))
    page.click(at(page, "C3"), modifiers=["Shift"])
    page.click(at(page, "A2"), button="right")
    page.get_by_role("menuitem", name="Sort rows 2–3 of the range by A, Z to A").click()
    cell(page, "A2", "Zest")
    assert [row[0] for row in sandbox.grid(BOOK, "Plan")] == ["Campaign", "Zest", "Advent", "Mint"]


# -- others


def test_what_others_change_is_seen_without_reloading(see: Callable[..., Page], others: Api) -> None:
    page = see("#gid=0&range=A2")
    page.evaluate("window.here = 1")
    write(others, "Plan!B4", [["12/6/2026"]])
    cell(page, "B4", "12/6/2026")
    change(others, {"insertDimension": {"range": lines("COLUMNS", 0, 1)}})
    cell(page, "B2", "Advent")
    rename = {"properties": {"sheetId": 7, "title": "Elsewhere"}, "fields": "title"}
    change(others, {"updateSheetProperties": rename})
    expect(page.get_by_role("link", name="Elsewhere")).to_be_visible()
    assert page.evaluate("window.here") == 1


def test_an_open_editor_follows_its_row_and_writes_there(
    see: Callable[..., Page], others: Api, sandbox: Running
) -> None:
    page = see("#gid=0&range=B4")
    page.keyboard.type("12/6")
    scrolled = page.locator("#sheet").evaluate("sheet => sheet.scrollTop")
    change(others, {"insertDimension": {"range": lines("ROWS", 2, 5), "inheritFromBefore": True}})
    cell(page, "A7", "Mint")
    expect(page.locator("#editor")).to_have_value("12/6")
    expect(page.locator("#editor")).to_be_focused()
    assert page.locator("#sheet").evaluate("sheet => sheet.scrollTop") == scrolled
    # And once more, so late that the page has not heard of it.
    page.route("**/changes?*", lambda route: route.abort())
    change(others, {"deleteDimension": {"range": lines("ROWS", 2, 4)}})
    page.keyboard.type("/2026")
    page.keyboard.press("Enter")
    eventually(sandbox, "B5", "12/6/2026")
    assert [row[0] for row in sandbox.grid(BOOK, "Plan")] == ["Campaign", "Advent", "", "Zest", "Mint"]


# -- being asked, being refused


def test_before_typing_where_a_program_works_one_is_asked(
    see: Callable[..., Page], others: Api, sandbox: Running
) -> None:
    kept = {"range": {"sheetId": 0, **grid_range(0, 1, 2, 3)}, "warningOnly": True}
    change(others, {"addProtectedRange": {"protectedRange": kept}})
    page = see("#gid=0&range=C1")
    page.keyboard.type("x")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Edit anyway?")
    page.keyboard.press("Escape")
    expect(page.locator("#editor")).to_be_hidden()
    page.keyboard.type("T")
    dialog.get_by_role("button", name="Edit anyway").click()
    page.keyboard.type("otal")
    page.keyboard.press("Enter")
    cell(page, "C1", "Total")
    page.click('.letters th[data-c="2"]')
    page.keyboard.press("Delete")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    assert stored(sandbox, "C2") == "500"


def test_a_refusal_is_told_in_google_s_words(see: Callable[..., Page], sandbox: Running) -> None:
    kept = {"range": grid_range(1, 2, 0, 1), "editors": {"users": [email_of("person")]}}
    sandbox.act(BOOK, [{"addProtectedRange": {"protectedRange": kept}}])
    page = see("#gid=0&range=A2", account="sheetsync")
    page.keyboard.type("mine")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("You are trying to edit a protected cell or object.")
    cell(page, "A2", "Advent")
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("alert")).to_be_hidden()


def test_a_reader_looks_and_types_nothing(see: Callable[..., Page], sandbox: Running) -> None:
    page = see("#gid=0&range=A2", account="second")
    page.keyboard.type("x")
    page.keyboard.press("Delete")
    page.dblclick(at(page, "A2"))
    expect(page.locator("#editor")).to_be_hidden()
    expect(page.locator("#more")).to_be_hidden()
    expect(page.get_by_text("View only")).to_be_visible()
    assert stored(sandbox, "A2") == "Advent"


# -- size


def test_two_thousand_rows_open_scroll_and_take_an_edit(see: Callable[..., Page], sandbox: Running) -> None:
    book = sandbox.state.workbooks[BOOK].copied()
    big = Tab(9, "Big", 2000, 30, frozen_rows=1)
    big.cells = Sparse({(row, column): Cell(f"{row} of {column}") for row in range(2000) for column in range(30)})
    book.tabs.append(big)
    sandbox.state.commit(book, book.owner)
    page = see("?gid=9#gid=9&range=C1990")
    expect(page.locator(at(page, "C1990"))).to_be_in_viewport()
    laid = page.evaluate("[...document.querySelectorAll('.chunk')].filter(each => each.checkVisibility()).length")
    assert laid > 50
    began = time.monotonic()
    page.keyboard.type("x")
    page.keyboard.press("Enter")
    cell(page, "C1990", "x")
    # Far from what a person would call slow, on a machine that does nine other things.
    assert time.monotonic() - began < 10
