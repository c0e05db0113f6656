"""One answer as it leaves the sandbox: status, body and headers, before anything is put on a connection."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from starlette.responses import Response

from sheetsync.sandbox.errors import GoogleError, Json
from sheetsync.sandbox.writing import written

JSON_TYPE = "application/json; charset=UTF-8"
HTML_TYPE = "text/html; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; `Content-Length` and `Date` are added where it is sent."""

    status: int
    body: bytes
    media_type: str = JSON_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, status: int, body: Json) -> "Answer":
        return cls(status, written(body))

    @classmethod
    def refusal(cls, error: GoogleError, service: str) -> "Answer":
        """A refusal in the envelope of its API; the token endpoint's is OAuth's flat one."""
        if service == "token":
            return cls.json(error.code, {"error": error.status.lower(), "error_description": error.message})
        return cls.json(error.code, error.drive_body if service == "drive" else error.body)

    def compact(self) -> "Answer":
        """Without the blanks that are there for people; what is no JSON stays as it is."""
        if self.media_type != JSON_TYPE or not self.body:
            return self
        text = json.dumps(json.loads(self.body), ensure_ascii=False, separators=(",", ":"))
        return self.with_body(text.encode(errors="backslashreplace"))

    def with_body(self, body: bytes) -> "Answer":
        return replace(self, body=body)

    def with_headers(self, headers: Mapping[str, str]) -> "Answer":
        return replace(self, headers={**self.headers, **headers})

    def response(self) -> Response:
        return Response(self.body, self.status, self.headers, media_type=self.media_type or None)

    def head(self, date: str) -> bytes:
        """Status line and headers as they stand on the wire, for those who break off afterwards."""
        fields = {"Date": date, "Content-Type": self.media_type, "Content-Length": str(len(self.body)), **self.headers}
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}"]
        return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in fields.items()), "", ""]).encode()
