"""At most one run at work: named leases in the ledger's file."""

import getpass
import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from sheetsync.adapters.sql_file import LedgerFile
from sheetsync.adapters.sql_schema import leases
from sheetsync.errors import LockHeld, SheetsyncError
from sheetsync.ports import Clock

#: generous: a run that ends, however it ends, frees its lease at once; this is for a machine that went away
EXPIRY = timedelta(minutes=10)

#: tokens of what this very process holds; a lease under our process id without its token here is a former process's
#: (the only process of a restarted container has the same id as the one before)
_held_here: set[str] = set()


class SqlLeases:
    """Implements `Leases` in the ledger's file, which is opened (and made) by the first `hold`."""

    def __init__(self, path: Path, clock: Clock, holder: str | None = None) -> None:
        """`holder` is "user@host"; by default whoever runs this, where it runs."""
        self._path = path
        self._clock = clock
        self._holder = holder or f"{user()}@{socket.gethostname()}"
        self._tokens: dict[str, str] = {}

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        """Hold a named lease for the block.

        Raises `LockHeld` naming owner, process, age and expiry. A lease that has expired, or whose process on this
        host is gone, is taken over.
        """
        self._acquire(name)
        try:
            yield
        finally:
            self._release(name)

    def renew(self, name: str) -> None:
        """Let a lease that is held run for another `EXPIRY` from now. Raises `LockHeld` when it was taken over."""
        renewed = update(leases).where(leases.c.name == name, leases.c.token == self._tokens.get(name, ""))
        with self._file.writing() as connection:
            if connection.execute(renewed.values(expires=self._clock.now() + EXPIRY)).rowcount:
                return
            holder = _find(connection, name)
        told = self._told(holder) if holder else "Another run"
        raise LockHeld(f"{told} took the lock over, so this one stopped; it wrote nothing after that.", "Run it again")

    def seen(self, connection: Connection, name: str) -> str:
        """Who holds a lease, in words; empty where nobody does. Takes nothing and opens nothing."""
        held = _find(connection, name)
        return "" if held is None or self._is_gone(held) else self._told(held)

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    @cached_property
    def _file(self) -> LedgerFile:
        return LedgerFile(self._path)

    def _acquire(self, name: str) -> None:
        token = uuid.uuid4().hex
        # Noted before others can see it: a thread of ours must not take it for a former process's.
        _held_here.add(token)
        try:
            self._take(name, token)
        except BaseException:
            _held_here.discard(token)
            raise
        self._tokens[name] = token

    def _take(self, name: str, token: str) -> None:
        with self._file.writing() as connection:
            held = _find(connection, name)
            if held is not None and not self._is_gone(held):
                raise self._refusal(held)
            now = self._clock.now()
            line = {"owner": self._holder, "pid": os.getpid(), "token": token, "acquired": now, "expires": now + EXPIRY}
            taken = insert(leases).values(name=name, **line)
            connection.execute(taken.on_conflict_do_update(index_elements=[leases.c.name], set_=line))

    def _release(self, name: str) -> None:
        token = self._tokens.pop(name)
        _held_here.discard(token)
        # A lease that cannot be given back frees itself; the trouble of the block, if any, is what people must hear of.
        with suppress(SheetsyncError), self._file.writing() as connection:
            connection.execute(delete(leases).where(leases.c.name == name, leases.c.token == token))

    def _is_gone(self, lease: Row[Any]) -> bool:
        if lease.expires <= self._clock.now():
            return True
        if _host(lease.owner) != _host(self._holder):
            return False
        if lease.pid == os.getpid():
            return lease.token not in _held_here
        return not _is_running(lease.pid)

    def _refusal(self, lease: Row[Any]) -> LockHeld:
        expires = _moment(lease.expires, self._clock.now())
        return LockHeld(
            f"{self._told(lease)} holds the lock;", f"wait, or if it is gone, the lock is free at {expires}"
        )

    def _told(self, lease: Row[Any]) -> str:
        return f"Another run ({lease.owner}, pid {lease.pid}, for {_age(self._clock.now() - lease.acquired)})"


def _find(connection: Connection, name: str) -> Row[Any] | None:
    return connection.execute(select(leases).where(leases.c.name == name)).one_or_none()


def user() -> str:
    """Who is at work, as the machine knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under an id that has no name
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"


def operator() -> str:
    """Whose account this process runs under: like `user`, but no environment variable can say otherwise."""
    if not hasattr(os, "getuid"):
        return user()
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def _host(owner: str) -> str:
    return owner.rpartition("@")[2]


def _is_running(pid: int) -> bool:
    if os.name == "nt":  # there, signal 0 is not a question; the lease's expiry has to do
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's process
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    """Whether a process has ended and only its parent has not asked how: in containers perhaps nobody ever does."""
    try:
        # The name in parentheses may hold anything, also parentheses.
        _, _, after = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")
    except OSError:  # no Linux: there the expiry has to do
        return False
    return after.split()[:1] == ["Z"]


def _age(age: timedelta) -> str:
    """In the largest unit that fills: 42 s, 4 min, 30 h."""
    seconds = max(0, int(age.total_seconds()))
    minutes, hours = seconds // 60, seconds // 3600
    return f"{seconds} s" if not minutes else f"{minutes} min" if not hours else f"{hours} h"


def _moment(moment: datetime, today: datetime) -> str:
    return f"{moment:%H:%M:%SZ}" if moment.date() == today.date() else f"{moment:%Y-%m-%d %H:%M:%SZ}"
