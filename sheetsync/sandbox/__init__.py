"""A local server that speaks Google's Sheets v4, Drive v3 and token endpoints: somewhere to be wrong without harm.

It knows nothing of the rest of sheetsync, so that it cannot inherit its misreadings of Google. It shares them with the
fact sheet it was built from: a green test against it is evidence about the caller, not about Google.
"""

from sheetsync.sandbox.accounts import DEFAULT_NAMES, email_of, issue_accounts
from sheetsync.sandbox.errors import GoogleError, SandboxError
from sheetsync.sandbox.running import Running, running, serve
from sheetsync.sandbox.server import RequestRecord
from sheetsync.sandbox.store import State
from sheetsync.sandbox.stories import load_story
from sheetsync.sandbox.troubles.quotas import Limits

__all__ = [
    "DEFAULT_NAMES",
    "GoogleError",
    "Limits",
    "RequestRecord",
    "Running",
    "SandboxError",
    "State",
    "email_of",
    "issue_accounts",
    "load_story",
    "running",
    "serve",
]
