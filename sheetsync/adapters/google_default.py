"""Application Default Credentials: whatever Google's own libraries find on this machine stands in for a key file.

A file that GOOGLE_APPLICATION_CREDENTIALS names, a login with gcloud, the identity of a workload. In sandbox mode only
a key file of the sandbox's counts, because the others are asked of hosts elsewhere.
"""

import json
import logging
import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import google.auth
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError
from google.auth.transport.requests import Request

from sheetsync.adapters.google_client import SCOPES, AnyAccount, load_account, open_plain, token_trouble
from sheetsync.errors import ConfigError

VARIABLE: Final = "GOOGLE_APPLICATION_CREDENTIALS"
#: seconds for each question that finding the credentials may ask
_PATIENCE = 10.0
_LOGIN = "gcloud auth application-default login"


class DefaultAccount(AnyAccount):
    """Credentials of any kind whose token trouble speaks our words.

    They are asked for tokens and for nothing else: their own way of sending requests looks up a host in the background.
    """

    def __init__(self, found: Any) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._found = found
        #: a person's login is billed to a project of its own
        self._quota_project_id = getattr(found, "quota_project_id", None)

    @property
    def address(self) -> str:
        """What people share their spreadsheets with, as far as the credentials say; a server's is "default"."""
        named = getattr(self._found, "service_account_email", None) or getattr(self._found, "account", None)
        return str(named or "the account of the application default credentials")

    def refresh(self, request: Any) -> None:
        """Fetch an access token. Raises `Transient` or `Unreachable`."""
        with token_trouble(self.address, self.endpoint):
            self._found.refresh(request)
        self.token, self.expiry = self._found.token, self._found.expiry


def open_account(key_file: Path | None, endpoint: str | None, scopes: Sequence[str] = SCOPES) -> AnyAccount:
    """The account of a key file, or without one of Application Default Credentials. Raises `ConfigError`."""
    if key_file is not None:
        return load_account(key_file, endpoint, scopes)
    named = default_file()
    if named is not None and (endpoint is not None or _is_key(named)):
        return load_account(named, endpoint, scopes)
    if endpoint is not None:
        text = f"{VARIABLE} is not set, and the sandbox at {endpoint} takes its own key files only."
        raise ConfigError(text, f"Set {VARIABLE} to the sandbox's key file.")
    return DefaultAccount(_found(scopes))


def default_file() -> Path | None:
    """The file that GOOGLE_APPLICATION_CREDENTIALS names, if it does."""
    text = os.environ.get(VARIABLE, "")
    return Path(text).absolute() if text else None


def _is_key(path: Path) -> bool:
    if not path.exists():
        raise ConfigError(f"{path}: there is no such file.", f"Correct the variable {VARIABLE}.")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, RecursionError, ValueError):
        return True  # reading it as a key says what is wrong with it
    return isinstance(content, dict) and content.get("type") == "service_account"


def _found(scopes: Sequence[str]) -> Any:
    # What google-auth has to say beside its errors is about its own API, or repeats them.
    logging.getLogger("google.auth").setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            session = open_plain(None, _PATIENCE)
            credentials, _ = google.auth.default(scopes=scopes, request=Request(session))
    except DefaultCredentialsError as error:
        if named := default_file():
            raise ConfigError(f"{named}: these are no credentials of Google's.", f"Correct {VARIABLE}.") from error
        remedy = f"Run `{_LOGIN} --scopes=...` (the README has the line), or set {VARIABLE} to a key file."
        raise ConfigError("no application default credentials were found on this machine.", remedy) from error
    except (GoogleAuthError, OSError, ValueError) as error:
        text = f"the application default credentials cannot be used ({type(error).__name__})."
        raise ConfigError(text, "Try `gcloud auth application-default print-access-token`, which says more.") from error
    return credentials
