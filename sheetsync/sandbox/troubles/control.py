"""Orders to the sandbox itself, over HTTP: what shall go wrong, how much is granted, and what was asked so far.

All take and answer JSON, want `Authorization: Bearer SECRET` with the secret of `control.json`, which lies beside the
key files, and say 400 in one line where an order makes no sense.

    GET    /sandbox/faults    {"faults": [{"id", …the fields of a Fault…, "fitted", "hit"}]}
    POST   /sandbox/faults    the fields of a `Fault`, `kind` at least -> {"id": 1}
    DELETE /sandbox/faults    none from now on
    GET    /sandbox/quotas    {"limits": {…the fields of `Limits`…}, "used": [{"account", "of", "used"}]}
    POST   /sandbox/quotas    some fields of `Limits`: what is not named is as at Google, null is no limit
    DELETE /sandbox/quotas    no limits any more
    GET    /sandbox/stale     {"workbook", "reads", "seconds"}
    POST   /sandbox/stale     the same: how far behind reads are, by `reads` or by `seconds`
    DELETE /sandbox/stale     not behind any more
    GET    /sandbox/requests  {"requests": [{"method", "path", "query", "kinds", "account", "status", "fault"}]}:
                              names of parameters and of kinds in a batch, nothing that anybody wrote
    DELETE /sandbox/requests  forgotten
"""

import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sheetsync.sandbox.accounts import write_private
from sheetsync.sandbox.answers import Answer
from sheetsync.sandbox.decode import parse_json
from sheetsync.sandbox.errors import GoogleError, Json, SandboxError, bad, unauthenticated
from sheetsync.sandbox.troubles.quotas import OFF, Limits
from sheetsync.sandbox.troubles.schedule import is_count, is_number
from sheetsync.sandbox.troubles.staleness import Lag

if TYPE_CHECKING:
    from sheetsync.sandbox.server import Sandbox

#: the name of the file with the secret, and so no account's
FILE = "control.json"


def issue_secret(folder: Path, base: str) -> str:
    """Writes `control.json` with a new secret into the folder of the key files; its owner alone can read it."""
    secret = secrets.token_urlsafe(32)
    try:
        write_private(folder / FILE, json.dumps({"base": base, "secret": secret}, indent=2) + "\n")
    except OSError as error:
        raise SandboxError(f"cannot write {FILE} into {folder}: {error.strerror or error}") from error
    return secret


Order = Callable[["Sandbox", Any], Json]


def routes(sandbox: "Sandbox") -> list[Route]:
    """The sandbox's own addresses."""
    return [
        Route(f"/sandbox/{name}", _obeying(sandbox, order), methods=[method])
        for (method, name), order in _ORDERS.items()
    ]


def _faults(sandbox: "Sandbox", _: Any) -> Json:
    return {"faults": sandbox.faults.scheduled()}


def _add_fault(sandbox: "Sandbox", order: Any) -> Json:
    return {"id": sandbox.faults.order(_object(order))}


def _clear_faults(sandbox: "Sandbox", _: Any) -> Json:
    sandbox.faults.clear()
    return _faults(sandbox, None)


def _quotas(sandbox: "Sandbox", _: Any) -> Json:
    used = sandbox.quotas.used(sandbox.state.clock().timestamp())
    return {"limits": asdict(sandbox.quotas.limits), "used": used}


def _set_quotas(sandbox: "Sandbox", order: Any) -> Json:
    sandbox.quotas.set(limits_of(order))
    return _quotas(sandbox, None)


def _clear_quotas(sandbox: "Sandbox", _: Any) -> Json:
    sandbox.quotas.set(OFF)
    return _quotas(sandbox, None)


def _stale(sandbox: "Sandbox", _: Any) -> Json:
    return asdict(sandbox.staleness.lag)


def _set_stale(sandbox: "Sandbox", order: Any) -> Json:
    sandbox.staleness.set(lag_of(order), sandbox.state.workbooks)
    return _stale(sandbox, None)


def _clear_stale(sandbox: "Sandbox", _: Any) -> Json:
    sandbox.staleness.set(Lag(), sandbox.state.workbooks)
    return _stale(sandbox, None)


def _requests(sandbox: "Sandbox", _: Any) -> Json:
    return {"requests": [asdict(each) for each in sandbox.requests]}


def _clear_requests(sandbox: "Sandbox", _: Any) -> Json:
    sandbox.requests.clear()
    return _requests(sandbox, None)


_ORDERS: Mapping[tuple[str, str], Order] = {
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "quotas"): _quotas,
    ("POST", "quotas"): _set_quotas,
    ("DELETE", "quotas"): _clear_quotas,
    ("GET", "stale"): _stale,
    ("POST", "stale"): _set_stale,
    ("DELETE", "stale"): _clear_stale,
    ("GET", "requests"): _requests,
    ("DELETE", "requests"): _clear_requests,
}


def limits_of(order: Any) -> Limits:
    """Quotas from their fields by name. Raises SandboxError with one line."""
    given = _fields(order, Limits)
    for name, value in given.items():
        if value is not None and not is_count(0)(value):
            raise SandboxError(f"`{name}` must be a whole number from 0, or null for no limit")
    return Limits(**given)


def lag_of(order: Any) -> Lag:
    """How far reads are behind, from its fields by name. Raises SandboxError with one line."""
    given = _fields(order, Lag)
    if not isinstance(given.get("workbook", ""), str):
        raise SandboxError("`workbook` must be a text")
    if not is_count(0)(given.get("reads", 0)) or given.get("reads", 0) > 1000:
        raise SandboxError("`reads` must be a whole number from 0 to 1000")
    if not is_number(0, 3600)(given.get("seconds", 0)):
        raise SandboxError("`seconds` must be a number from 0 to 3600")
    if not given.get("reads") and not given.get("seconds"):
        raise SandboxError("say how far behind reads shall be: `reads` or `seconds`")
    return Lag(**given)


def _object(order: Any) -> Json:
    if not isinstance(order, dict):
        raise SandboxError("an order is a JSON object")
    return order


def _fields(order: Any, message: type[Limits | Lag]) -> Json:
    """An order's fields, which must be the message's. Raises SandboxError with one line."""
    known = [each.name for each in fields(message)]
    for name in _object(order):
        if name not in known:
            raise SandboxError(f"there is no `{' '.join(name.split())[:100]}`; known are {', '.join(known)}")
    return _object(order)


def _obeying(sandbox: "Sandbox", order: Order) -> Callable[[Request], Any]:
    async def serve(request: Request) -> Response:
        try:
            _check(sandbox, request)
            body = parse_json(await request.body())
            with sandbox.state.lock:
                return Answer.json(200, order(sandbox, body)).response()
        except GoogleError as error:
            return Answer.refusal(error, "sheets").response()
        except SandboxError as error:
            return Answer.refusal(bad(f"{error}."), "sheets").response()

    return serve


def _check(sandbox: "Sandbox", request: Request) -> None:
    """Whoever may read `control.json` may give orders. Raises 401."""
    given = request.headers.get("authorization", "").encode("latin-1")
    if not sandbox.secret or not hmac.compare_digest(given, f"Bearer {sandbox.secret}".encode()):
        refused = unauthenticated()
        refused.message = f"Send `Authorization: Bearer SECRET` with the secret of {FILE}, beside the key files."
        raise refused
