"""How many requests a minute Google lets one account and one project do [documented: sheets/api/limits].

A batch counts as one request, a refused one not at all. Drive counts units instead, more of them than a client can use
up here, so it has no quota.
"""

from dataclasses import dataclass
from typing import Any

from sheetsync.sandbox.errors import PROJECT, GoogleError, Json

MINUTE = 60.0
_HELP = "https://cloud.google.com/docs/quota#requesting_higher_quota"


@dataclass(frozen=True, slots=True)
class Limits:
    """Requests per minute; None is no limit. Without arguments: Google's own."""

    reads_per_user: int | None = 60
    writes_per_user: int | None = 60
    reads_per_project: int | None = 300
    writes_per_project: int | None = 300

    def of(self, reads: bool, per_user: bool) -> int | None:
        per_project = self.reads_per_project if reads else self.writes_per_project
        return (self.reads_per_user if reads else self.writes_per_user) if per_user else per_project


OFF = Limits(None, None, None, None)
GOOGLES = Limits()


class Quotas:
    """What was used up. A minute begins with the first request counted in it; then all is granted anew.

    [believed: quota-minutes-begin-with-a-request]
    """

    def __init__(self) -> None:
        self.limits = OFF
        #: (account or "" for the project, is a read) -> since when, how many
        self._used: dict[tuple[str, bool], tuple[float, int]] = {}

    def set(self, limits: Limits) -> None:
        """Other limits from now on, with nothing used up yet."""
        self.limits = limits
        self._used.clear()

    def take(self, account: str, reads: bool, now: float) -> None:
        """Counts one request at a time in seconds. Raises Google's 429 when the account or the project has no more."""
        counted = {}
        for holder in (account, ""):
            since, used = self._of(holder, reads, now)
            limit = self.limits.of(reads, per_user=bool(holder))
            if limit is not None and used >= limit:
                raise exhausted(reads, limit, per_user=bool(holder))
            counted[holder, reads] = since, used + 1
        self._used |= counted

    def used(self, now: float) -> list[Json]:
        """What is used up of the current minutes; the project's line has no account."""
        lines: list[dict[str, Any]] = []
        for holder, reads in sorted(self._used):
            count = self._of(holder, reads, now)[1]
            lines.append({"account": holder, "of": "reads" if reads else "writes", "used": count})
        return lines

    def _of(self, holder: str, reads: bool, now: float) -> tuple[float, int]:
        since, used = self._used.get((holder, reads), (now, 0))
        # A clock may also be set back.
        return (since, used) if 0 <= now - since < MINUTE else (now, 0)


def exhausted(reads: bool, limit: int, per_user: bool) -> GoogleError:
    """429 as Sheets says it, without `Retry-After` [recorded; the newer details reported]."""
    word, service = "Read" if reads else "Write", "sheets.googleapis.com"
    spoken = f"{word} requests per minute{' per user' if per_user else ''}"
    message = (
        f"Quota exceeded for quota metric '{word} requests' and limit '{spoken}' of service '{service}' "
        f"for consumer 'project_number:{PROJECT}'."
    )
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "RATE_LIMIT_EXCEEDED",
        "domain": "googleapis.com",
        "metadata": {
            "service": service,
            "consumer": f"projects/{PROJECT}",
            "quota_metric": f"{service}/{word.lower()}_requests",
            "quota_limit": f"{word}RequestsPerMinutePer{'User' if per_user else 'Project'}",
            "quota_limit_value": str(limit),
            "quota_unit": "1/min/{project}/{user}" if per_user else "1/min/{project}",
            "quota_location": "global",
        },
    }
    link = {"description": "Request a higher quota limit.", "url": _HELP}
    return GoogleError(
        429, message, [info, {"@type": "type.googleapis.com/google.rpc.Help", "links": [link]}], "rateLimitExceeded"
    )
