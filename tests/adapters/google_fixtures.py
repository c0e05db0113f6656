"""What the tests of the Google adapters share: one key, one fault server, a clock that does not wait."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sheetsync.adapters.google_sheets import GoogleSheets
from tests.adapters.google_faults import Google, serving, write_key

#: seconds; long enough for a loaded machine to answer, short enough to wait for silence
PATIENCE = 0.4
#: well after patience is at its end, well before the fault server would let go by itself
SOON = 3.0

Connect = Callable[..., GoogleSheets]


@pytest.fixture(scope="session")
def pem() -> str:
    # small: quick to load, and guards nothing
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain).decode()


@pytest.fixture
def google() -> Iterator[Google]:
    with serving() as running:
        yield running


@pytest.fixture
def connect(google: Google, pem: str, tmp_path: Path) -> Connect:
    """GoogleSheets on the fault server; `endpoint` and `token_uri` may be given otherwise."""

    def connected(endpoint: str | None = None, token_uri: str | None = None) -> GoogleSheets:
        key = write_key(tmp_path / "key.json", pem, token_uri or f"{google.base}/token")
        return GoogleSheets(key, endpoint or google.base, PATIENCE)

    return connected


class TestClock:
    """Time that passes only when somebody sleeps."""

    __test__ = False

    def __init__(self) -> None:
        self.passed = 0.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return self.passed

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += seconds
