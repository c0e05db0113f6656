"""Who may ask: only this machine's own names for the server, and for an edit only the server's own page."""

import hmac
import secrets
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

#: nothing but our own files runs, is shown, or may be spoken to
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_WRONG_HOST = (
    b"<!doctype html><title>Wrong address</title>"
    b"<p>This sandbox answers at 127.0.0.1 and localhost only, under the port it was started on."
)


class OwnNamesOnly:
    """Answers 421 to every request that calls the server anything but 127.0.0.1 or localhost.

    Otherwise a foreign page could have its own name resolve to this machine and read everything (DNS rebinding).
    """

    def __init__(self, inner: ASGIApp, port: int) -> None:
        self._inner, self._names = inner, own_names(port)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        named = [value.decode("latin-1").lower() for name, value in scope.get("headers", ()) if name == b"host"]
        if scope["type"] == "http" and (len(named) != 1 or named[0] not in self._names):
            refusal = Response(_WRONG_HOST, 421, HEADERS, "text/html")
            await refusal(scope, receive, send)
            return
        await self._inner(scope, receive, send)


def own_names(port: int) -> frozenset[str]:
    """What a Host header may say; browsers leave out the port when it is 80."""
    names = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}
    return frozenset(names | {"127.0.0.1", "localhost"} if port == 80 else names)


@dataclass(frozen=True)
class Ticket:
    """A secret of this process that its pages carry twice: in a cookie, and in what they send."""

    port: int
    text: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    @property
    def cookie(self) -> str:
        """The cookie's name; cookies know no ports, and two sandboxes may run."""
        return f"sandbox-{self.port}"

    def give(self, response: Response) -> None:
        """Sets the cookie."""
        response.set_cookie(self.cookie, self.text, httponly=True, samesite="strict", path="/")

    def refusal(self, request: Request, sent: str) -> str:
        """Why a request that changes something is not let in; `""` if it is."""
        origin = request.headers.getlist("origin")
        # A browser always names the origin of a POST; Host was looked at before.
        if origin != [f"http://{request.headers['host'].lower()}"]:
            return "This request did not come from the sandbox's own page."
        for given in (request.cookies.get(self.cookie, ""), sent):
            if not hmac.compare_digest(given.encode(), self.text.encode()):
                return "This page is older than the sandbox that answers. Reload it and try again."
        return ""
