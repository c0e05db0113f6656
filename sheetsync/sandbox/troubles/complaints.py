"""What Google's servers say instead of serving a request: a status and a body, in the envelope of the API asked."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sheetsync.sandbox.answers import HTML_TYPE, Answer
from sheetsync.sandbox.calls import Asked
from sheetsync.sandbox.errors import GoogleError, disabled, forbidden, not_found, scope_too_small, unauthenticated
from sheetsync.sandbox.troubles.quotas import GOOGLES, exhausted


@dataclass(frozen=True, slots=True)
class Complaint:
    """What the client sees, and the answer itself."""

    sees: str
    about: Callable[[Asked], Answer]


def _json(sees: str, refused: Callable[[Asked], GoogleError]) -> Complaint:
    return Complaint(sees, lambda asked: Answer.refusal(refused(asked), asked.service))


def _says(code: int, message: str, reason: str = "") -> Callable[[Asked], GoogleError]:
    return lambda _: GoogleError(code, message, reason=reason)


def _page(code: int, title: str, text: str) -> Complaint:
    """An error page of Google's front end, which answers before any API is asked [reported]."""
    html = f"<!DOCTYPE html><html lang=en><title>Error {code} ({title})!!1</title><p><b>{code}.</b> {text}"
    answer = Answer(code, html.encode(), HTML_TYPE)
    return Complaint(f"{code} with an HTML page", lambda _: answer)


def _usage(reason: str) -> Complaint:
    """403 with a word for the limit that may be tried again [documented: drive/api/guides/handle-errors]."""
    words = re.sub("([A-Z])", r" \1", reason).title()

    def about(asked: Asked) -> Answer:
        entry = {"domain": "usageLimits", "reason": reason, "message": words}
        status = {} if asked.service == "drive" else {"status": "PERMISSION_DENIED"}
        return Answer.json(403, {"error": {"code": 403, "message": words, "errors": [entry], **status}})

    return Complaint(f"403 with the reason {reason}: it may be tried again", about)


def _exhausted(asked: Asked) -> GoogleError:
    if asked.service == "drive":
        return GoogleError(429, "Rate Limit Exceeded", reason="rateLimitExceeded")
    return exhausted(asked.reads, GOOGLES.of(asked.reads, per_user=True) or 0, per_user=True)


def _grant(status: int, error: str, description: str) -> Complaint:
    answer = Answer.json(status, {"error": error, "error_description": description})
    return Complaint(f"{status} {error}: {description}", lambda _: answer)


COMPLAINTS: Mapping[str, Complaint] = {
    "400": _json("400 INVALID_ARGUMENT", _says(400, "Request contains an invalid argument.")),
    "401": _json("401 UNAUTHENTICATED: the access token is no longer taken", lambda _: unauthenticated()),
    "403": _json("403 PERMISSION_DENIED: not shared, trying again does not help", lambda _: forbidden()),
    "403-rate": _usage("rateLimitExceeded"),
    "403-user-rate": _usage("userRateLimitExceeded"),
    "403-disabled": _json("403 SERVICE_DISABLED: the API is not enabled", lambda asked: disabled(asked.service)),
    "403-scope": _json(
        "403 ACCESS_TOKEN_SCOPE_INSUFFICIENT", lambda asked: scope_too_small(asked.service, asked.endpoint)
    ),
    "404": _json("404 NOT_FOUND", lambda _: not_found()),
    "408": _page(408, "Request Timeout", "Your client has taken too long to issue its request."),
    "409": _json("409 ABORTED: somebody else was at it", _says(409, "The operation was aborted.", "conflict")),
    "413": _page(413, "Request Entity Too Large", "Your client issued a request that was too large."),
    "429": _json("429 RESOURCE_EXHAUSTED, with Retry-After if `retry_after` says so", _exhausted),
    "500": _json("500 INTERNAL", _says(500, "Internal error encountered.")),
    "500-html": _page(500, "Server Error", "That’s an error. There was an error. Please try again later."),
    "502": _page(502, "Server Error", "The server encountered a temporary error and could not complete your request."),
    "503": _json("503 UNAVAILABLE", _says(503, "The service is currently unavailable.")),
    "504": _json(
        "504 DEADLINE_EXCEEDED", _says(504, "Deadline expired before operation could complete.", "backendError")
    ),
}
#: what only the token endpoint says, which speaks OAuth
GRANT_COMPLAINTS: Mapping[str, Complaint] = {
    "token-revoked": _grant(400, "invalid_grant", "Invalid JWT Signature."),
    "token-clock": _grant(
        400,
        "invalid_grant",
        "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
        "Check your iat and exp values in the JWT claim.",
    ),
    "token-client": _grant(401, "invalid_client", "The OAuth client was not found."),
}
