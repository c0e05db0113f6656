"""Starting and stopping the sandbox: as a program that blocks, or in a thread for tests and the demo."""

import contextlib
import gc
import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn

from sheetsync.sandbox.a1 import RangeError, echoed, parse_box
from sheetsync.sandbox.accounts import DEFAULT_NAMES, email_of, issue_accounts
from sheetsync.sandbox.batch.editing import Editing
from sheetsync.sandbox.batch.table import apply_batch
from sheetsync.sandbox.codec import export_book
from sheetsync.sandbox.decode import decode
from sheetsync.sandbox.drive.access import give, take
from sheetsync.sandbox.drive.model import DriveAttributes
from sheetsync.sandbox.errors import Json, SandboxError
from sheetsync.sandbox.line import Line
from sheetsync.sandbox.model import Tab, Workbook
from sheetsync.sandbox.oauth import KNOWN_SCOPES
from sheetsync.sandbox.server import RequestRecord, Sandbox, application
from sheetsync.sandbox.store import State
from sheetsync.sandbox.stories import load_story
from sheetsync.sandbox.troubles.control import FILE, issue_secret
from sheetsync.sandbox.troubles.quotas import GOOGLES, OFF, Limits
from sheetsync.sandbox.troubles.schedule import Schedule
from sheetsync.sandbox.troubles.staleness import Lag
from sheetsync.sandbox.values_write import append

_START_SECONDS = 15
_STOP_SECONDS = 5
#: a connection kept alive may not delay the end
_GRACE_SECONDS = 1


class _Server(uvicorn.Server):
    """uvicorn that says when it answers, and when it is about to stop."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], ending: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready, self._ending = ready, ending

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._ending()
        await super().shutdown(sockets=sockets)


def _listen(port: int) -> socket.socket:
    """A socket on loopback, and only there. Raises SandboxError when the port is taken."""
    # asyncio switches off Nagle's delay (40 ms a request) only for sockets that name their protocol.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        raise SandboxError(f"cannot listen on 127.0.0.1:{port}: {getattr(error, 'strerror', None) or error}") from error
    return listener


def _prepared(
    listener: socket.socket,
    state: str,
    accounts: Path,
    stories: Sequence[Path],
    names: Sequence[str],
    prepare: Callable[[State], None] | None = None,
) -> Sandbox:
    """State, accounts and stories behind one base address. Raises SandboxError."""
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    memory = State(state)
    try:
        if Path(FILE).stem in names:
            raise SandboxError(f"no account can be called so: {FILE} holds the sandbox's own secret")
        for account in issue_accounts(accounts, names, base):
            memory.register(account)
        secret = issue_secret(accounts, base)
        for story in stories:
            load_story(memory, story)
        if prepare is not None:
            prepare(memory)
    except BaseException:
        memory.close()
        raise
    return Sandbox(memory, base, secret=secret)


def _server(sandbox: Sandbox, ready: Callable[[], None]) -> _Server:
    config = uvicorn.Config(
        application(sandbox),
        http=Line,
        log_level=logging.WARNING,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=_GRACE_SECONDS,
        server_header=False,
        date_header=False,
        log_config=None,
    )
    return _Server(config, ready, sandbox.pauses.end)


def serve(
    port: int,
    state: str,
    accounts: Path,
    stories: Sequence[Path] = (),
    names: Sequence[str] = DEFAULT_NAMES,
    prepare: Callable[[State], None] | None = None,
) -> None:
    """Serves until SIGTERM or SIGINT, then returns. Prints `sandbox ready BASE` once it answers.

    `state` is a file or `:memory:`; `accounts` receives one key file per name; `prepare` may bring more workbooks in
    before the first request. Raises SandboxError.
    """
    listener = _listen(port)
    try:
        sandbox = _prepared(listener, state, accounts, stories, names, prepare)
    except BaseException:
        listener.close()
        raise

    def ready() -> None:
        # What was loaded stays: the search for garbage need not go through millions of cells again and again.
        gc.freeze()
        sys.stdout.write(f"sandbox ready {sandbox.base}\n")
        sys.stdout.flush()

    server = _server(sandbox, ready)

    def stop(*_: object) -> None:
        server.should_exit = True

    # uvicorn stops cleanly on a signal and then raises it once more: into this handler, or the exit would not be clean.
    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        server.run(sockets=[listener])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        listener.close()
        sandbox.state.close()


class Running:
    """A sandbox in a thread, seen from the side: what a person there would see and do."""

    def __init__(self, sandbox: Sandbox, accounts: Path) -> None:
        self._sandbox = sandbox
        self.base = sandbox.base
        #: the folder of the key files
        self.accounts = accounts

    @property
    def state(self) -> State:
        return self._sandbox.state

    @property
    def requests(self) -> list[RequestRecord]:
        """Every request answered so far, in order."""
        return self._sandbox.requests

    @property
    def page_account(self) -> str:
        """The account that whoever opens the pages is signed in as, by its short name or e-mail; `person` at first."""
        return self._sandbox.page_account

    @page_account.setter
    def page_account(self, name: str) -> None:
        self._sandbox.page_account = name

    @property
    def between(self) -> Callable[[RequestRecord], None] | None:
        """Called with each record when its answer is settled, before the answer leaves and the next request begins.

        It runs on the server's thread: use `act` in it, never HTTP.
        """
        return self._sandbox.between

    @between.setter
    def between(self, hook: Callable[[RequestRecord], None] | None) -> None:
        self._sandbox.between = hook

    @property
    def body(self) -> Any:
        """The JSON body of the request that `between` is being told of; None for a read, and at any other time."""
        return self._sandbox.body

    @property
    def clock(self) -> Callable[[], datetime]:
        """The sandbox's time; replace it to move token expiry and the current day."""
        return self.state.clock

    @clock.setter
    def clock(self, clock: Callable[[], datetime]) -> None:
        self.state.clock = clock

    def key_file(self, name: str) -> Path:
        """The key file of an account."""
        return self.accounts / f"{name}.json"

    def act(self, spreadsheet_id: str, requests: list[dict[str, Any]], as_account: str = "person") -> list[Json]:
        """Applies a batch as a person would, without HTTP; returns its replies. Raises GoogleError when refused."""
        with self.state.lock:
            book = self._book(spreadsheet_id)
            account = email_of(as_account)
            decoded = decode({"requests": requests}, "BatchUpdateSpreadsheetRequest")["requests"]
            edited, replies = apply_batch(book, decoded, account, self.state.today(book))
            self.state.commit(edited, account)
            return replies

    def append(
        self, spreadsheet_id: str, range_: str, rows: list[list[Any]], as_account: str = "person", insert: bool = False
    ) -> str:
        """`values.append` as other tools send it, typed; returns where it was written. Raises GoogleError."""
        with self.state.lock:
            edited = self._book(spreadsheet_id).copied()
            account = email_of(as_account)
            editing = Editing(edited, account, self.state.today(edited))
            written, _ = append(editing, {"values": rows}, range_, "USER_ENTERED", insert=insert)
            self.state.commit(edited, account)
            return echoed(written.tab.title, written.area)

    # -- what goes wrong

    @property
    def faults(self) -> Schedule:
        """What shall go wrong: `faults.add("503", when="after", method="POST", nth=2)`, `faults.clear()`."""
        return self._sandbox.faults

    def quota(self, limits: Limits | None = GOOGLES) -> None:
        """Limits the requests of a minute, by Google's own numbers unless other ones are given; None lifts them."""
        with self.state.lock:
            self._sandbox.quotas.set(limits or OFF)

    def stale(self, spreadsheet_id: str = "", reads: int = 0, seconds: float = 0.0) -> None:
        """Reads (of one workbook, or all) are so far behind from now on; without anything: up to date again."""
        with self.state.lock:
            self._sandbox.staleness.set(Lag(spreadsheet_id, reads, seconds), self.state.workbooks)

    # -- what a person does in Drive

    def share(self, spreadsheet_id: str, account: str, role: str = "writer") -> None:
        """Gives an account access, as `writer`, `commenter` or `reader`; the owner does it.

        `anyone` is everybody who has the link, `@example.com` everybody of that domain.
        """
        self._in_drive(spreadsheet_id, lambda book: give(book, email_of(account), role))

    def unshare(self, spreadsheet_id: str, account: str) -> None:
        """Takes an account's access away; the owner does it, and keeps their own."""
        self._in_drive(spreadsheet_id, lambda book: take(book, email_of(account)))

    def trash(self, spreadsheet_id: str, trashed: bool = True) -> None:
        """Into the bin, or out of it. The API answers for a workbook in the bin as before, and Drive says so."""
        self._in_drive(spreadsheet_id, lambda book: setattr(book, "trashed", trashed))

    def copy(self, spreadsheet_id: str, new_id: str, as_account: str = "person") -> None:
        """A copy under another id, tab ids and metadata included; whoever makes it owns it, nobody else sees it."""
        with self.state.lock:
            if new_id in self.state.workbooks:
                raise SandboxError(f"a workbook {new_id!r} is already in the sandbox")
            twin = self._book(spreadsheet_id).copied()
            account = email_of(as_account)
            twin.id, twin.title, twin.owner, twin.shared_with = new_id, f"Copy of {twin.title}", account, {}
            twin.created, twin.trashed, twin.drive = "", False, DriveAttributes()
            self.state.commit(twin, account)

    def become(self, spreadsheet_id: str, mime_type: str) -> None:
        """The file is of another kind, such as `XLSX_MIME`: people uploaded it, and the Sheets API will not have it."""
        self._in_drive(spreadsheet_id, lambda book: setattr(book, "mime_type", mime_type))

    # -- what a person does in the Cloud console

    def enable(self, service: str, enabled: bool = True) -> None:
        """Enables an API (`sheets`, `drive`) in the accounts' project, or disables it."""
        (self._sandbox.disabled.discard if enabled else self._sandbox.disabled.add)(service)

    def revoke_key(self, account: str) -> None:
        """Deletes an account's key: tokens given before live on, new ones are refused."""
        self._sandbox.tokens.revoked.add(email_of(account))

    def narrow(self, *scopes: str) -> None:
        """From now on tokens cover these scopes at most, whatever is asked for; without any: as asked again."""
        self._sandbox.tokens.widest = frozenset(scopes) or KNOWN_SCOPES

    def _in_drive(self, spreadsheet_id: str, change: Callable[[Workbook], object]) -> None:
        with self.state.lock:
            edited = self._book(spreadsheet_id).copied()
            change(edited)
            self.state.commit(edited, edited.owner, content=False)

    # -- what a person sees

    def shown(self, spreadsheet_id: str, tab: str, a1: str) -> str:
        """What a person sees in one cell."""
        with self.state.lock:
            book = self._book(spreadsheet_id)
            try:
                area = parse_box(a1).within(2**31, 2**31)
            except RangeError:
                raise SandboxError(f"{a1!r} is not a cell") from None
            return self.state.results(book).text(self._tab(book, tab), area.top, area.left)

    def grid(self, spreadsheet_id: str, tab: str) -> list[list[str]]:
        """What a person sees in a whole tab, without the empty rest of rows and columns."""
        with self.state.lock:
            book = self._book(spreadsheet_id)
            found, results = self._tab(book, tab), self.state.results(book)
            places = {*found.cells, *results.spills(found)}
            texts = {place: text for place in places if (text := results.text(found, *place))}
            rows = max((row for row, _ in texts), default=-1) + 1
            columns = max((column for _, column in texts), default=-1) + 1
            return [[texts.get((row, column), "") for column in range(columns)] for row in range(rows)]

    def export(self, spreadsheet_id: str) -> Json:
        """Everything about a workbook as one JSON value, for comparing before and after."""
        with self.state.lock:
            return export_book(self._book(spreadsheet_id))

    def _book(self, spreadsheet_id: str) -> Workbook:
        book = self.state.workbooks.get(spreadsheet_id)
        if book is None:
            raise SandboxError(f"no workbook {spreadsheet_id!r} in the sandbox")
        return book

    def _tab(self, book: Workbook, title: str) -> Tab:
        tab = book.titled(title)
        if tab is None:
            raise SandboxError(f"no tab {title!r} in {book.title!r}")
        return tab


@contextlib.contextmanager
def running(
    state: str = ":memory:",
    accounts: Path | None = None,
    stories: Sequence[Path] = (),
    port: int = 0,
    names: Sequence[str] = DEFAULT_NAMES,
) -> Iterator[Running]:
    """A sandbox in a thread for as long as the `with` block lasts; port 0 takes a free one. Raises SandboxError."""
    with contextlib.ExitStack() as stack:
        if accounts is None:
            accounts = Path(stack.enter_context(TemporaryDirectory(prefix="sandbox-accounts-")))
        listener = stack.enter_context(contextlib.closing(_listen(port)))
        sandbox = _prepared(listener, state, accounts, stories, names)
        stack.callback(sandbox.state.close)
        answering = threading.Event()
        server = _server(sandbox, answering.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="sandbox", daemon=True)
        thread.start()
        if not answering.wait(_START_SECONDS):
            raise SandboxError("the sandbox did not start")
        try:
            yield Running(sandbox, accounts)
        finally:
            server.should_exit = True
            thread.join(_STOP_SECONDS)
