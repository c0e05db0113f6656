"""Errors in Google's words: a refused request is a value with the exact envelope of the API that refused it."""

from typing import Any

Json = dict[str, Any]

#: HTTP status -> canonical status name of google.rpc.Code, as in Google's envelope
_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    409: "ABORTED",
    413: "FAILED_PRECONDITION",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}

#: the number of the one Cloud project whose accounts are issued here
PROJECT = "123456789012"


class SandboxError(Exception):
    """The sandbox itself cannot do what its caller asked; one clear line for a person."""


class GoogleError(Exception):
    """A request refused as Google refuses it.

    `body` is the JSON answered: the Sheets envelope `{"error": {"code", "message", "status"[, "details"]}}`.
    """

    def __init__(self, code: int, message: str, details: list[Json] | None = None, reason: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details or []
        #: Drive's word for it (`notFound`, `authError`, ...); Sheets does not use it
        self.reason = reason
        #: Drive's `location`, the parameter or header at fault
        self.location = ""
        self.status = _STATUS[code]

    @property
    def body(self) -> Json:
        error: Json = {"code": self.code, "message": self.message, "status": self.status}
        if self.details:
            error["details"] = self.details
        return {"error": error}

    @property
    def drive_body(self) -> Json:
        """Drive's older envelope: `errors[]` with domain and reason, no `status` [documented]."""
        entry = {"message": self.message, "domain": "global", "reason": self.reason or _DRIVE_REASON[self.code]}
        if self.location:
            where = "header" if self.location == "Authorization" else "other" if "." in self.location else "parameter"
            entry |= {"location": self.location, "locationType": where}
        return {"error": {"code": self.code, "message": self.message, "errors": [entry]}}


_DRIVE_REASON = {400: "badRequest", 401: "authError", 403: "forbidden", 404: "notFound", 405: "httpMethodNotAllowed"}
_DRIVE_REASON |= {413: "uploadTooLarge", 500: "internalError", 501: "notImplemented", 503: "backendError"}


def bad(message: str) -> GoogleError:
    """400 INVALID_ARGUMENT with this message."""
    return GoogleError(400, message)


def bad_fields(message: str, *violations: tuple[str, str]) -> GoogleError:
    """400 with `BadRequest.fieldViolations` (field, description), as the JSON decoder answers [recorded]."""
    listed = [{"field": field, "description": text} if field else {"description": text} for field, text in violations]
    return GoogleError(
        400, message, [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": listed}]
    )


def not_found() -> GoogleError:
    """404 as Sheets says it [recorded]."""
    return GoogleError(404, "Requested entity was not found.")


def forbidden() -> GoogleError:
    """403 as Sheets says it to an account without access [recorded]."""
    return GoogleError(403, "The caller does not have permission")


def office_file() -> GoogleError:
    """400 for an .xlsx that lies in Drive [reported]."""
    error = GoogleError(
        400, "This operation is not supported for this document. The document must not be an Office file."
    )
    error.status = "FAILED_PRECONDITION"
    return error


def disabled(service: str) -> GoogleError:
    """403 for an API that is not enabled in the account's project [reported]."""
    api, page = f"{service}.googleapis.com", "https://console.developers.google.com/apis/api"
    url = f"{page}/{api}/overview?project={PROJECT}"
    message = (
        f"Google {service.title()} API has not been used in project {PROJECT} before or it is disabled. Enable it by "
        f"visiting {url} then retry. If you enabled this API recently, wait a few minutes for the action to propagate "
        "to our systems and retry."
    )
    link = {"description": "Google developers console API activation", "url": url}
    details: list[Json] = [
        {"@type": "type.googleapis.com/google.rpc.Help", "links": [link]},
        {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "SERVICE_DISABLED",
            "domain": "googleapis.com",
            "metadata": {"service": api, "consumer": f"projects/{PROJECT}"},
        },
    ]
    return GoogleError(403, message, details, "accessNotConfigured")


def unauthenticated() -> GoogleError:
    """401 for a missing, unknown or expired access token."""
    error = GoogleError(
        401,
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
        "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
    )
    error.location = "Authorization"
    return error


def unknown_key(service: str) -> GoogleError:
    """400 for an API key that Google never issued [documented]."""
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "API_KEY_INVALID",
        "domain": "googleapis.com",
        "metadata": {"service": f"{service}.googleapis.com"},
    }
    return GoogleError(400, "API key not valid. Please pass a valid API key.", [info])


def scope_too_small(service: str, method: str) -> GoogleError:
    """403 for a token whose scopes do not cover the method."""
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        "domain": "googleapis.com",
        "metadata": {"service": f"{service}.googleapis.com", "method": method},
    }
    return GoogleError(403, "Request had insufficient authentication scopes.", [info], "insufficientPermissions")


#: a non-editor writing into a protected range is 400, not 403 [reported: many]
PROTECTED = (
    "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to remove protection "
    "if you need to edit."
)
