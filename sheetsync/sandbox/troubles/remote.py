"""Orders to a running sandbox from outside, with the secret that lies beside its key files."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from sheetsync.sandbox.troubles.control import FILE

_TIMEOUT_SECONDS = 10


class ControlError(Exception):
    """The order could not be given; the message is one line for the person at the terminal."""


class OrderRefused(ControlError):
    """The sandbox says that the order makes no sense."""


class Control:
    """Gives orders to the sandbox that was started with this folder of key files. Raises ControlError."""

    def __init__(self, accounts: Path) -> None:
        try:
            told = json.loads((accounts / FILE).read_text(encoding="utf-8"))
            self._base, secret = str(told["base"]), str(told["secret"])
        except (OSError, ValueError, KeyError, TypeError):
            raise ControlError(f"no sandbox was started with the folder {accounts}: it has no {FILE}") from None
        self._session = requests.Session()
        self._session.trust_env = False  # loopback only: no proxy has a say
        self._session.headers["Authorization"] = f"Bearer {secret}"

    def get(self, name: str) -> Mapping[str, Any]:
        """What there is of `faults`, `quotas`, `stale` or `requests`."""
        return self._ask("GET", name)

    def post(self, name: str, order: Mapping[str, Any]) -> Mapping[str, Any]:
        """Gives an order. Raises OrderRefused."""
        return self._ask("POST", name, order)

    def delete(self, name: str) -> Mapping[str, Any]:
        """Takes all orders of that name back."""
        return self._ask("DELETE", name)

    def _ask(self, method: str, name: str, order: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        url = f"{self._base}/sandbox/{name}"
        try:
            answer = self._session.request(method, url, json=order, timeout=_TIMEOUT_SECONDS)
            said: Mapping[str, Any] = answer.json()
        except (requests.RequestException, ValueError):
            raise ControlError(f"no sandbox answers at {self._base}") from None
        if answer.ok:
            return said
        message = str(said["error"]["message"]).rstrip(".")
        if answer.status_code == requests.codes.bad_request:
            raise OrderRefused(message)
        raise ControlError(f"the sandbox at {self._base} was started with another folder of accounts")
