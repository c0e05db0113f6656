"""The token endpoint: a signed JWT in, a bearer token out (RFC 7523, as Google's service accounts use it)."""

import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

import jwt

from sheetsync.sandbox.errors import GoogleError, Json, unauthenticated
from sheetsync.sandbox.store import Account, State

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFETIME = 3600
#: google-auth signs for this address whatever the key file's `token_uri` says (measured with 2.62), so it counts too
GOOGLE_AUDIENCE = "https://oauth2.googleapis.com/token"
_TOLERANCE = 300
_AUTH = "https://www.googleapis.com/auth/"

#: scopes that may be asked for
KNOWN_SCOPES = frozenset(
    f"{_AUTH}{name}"
    for name in (
        "spreadsheets",
        "spreadsheets.readonly",
        "drive",
        "drive.file",
        "drive.readonly",
        "drive.metadata",
        "drive.metadata.readonly",
        "cloud-platform",
    )
)
_DRIVE_WHOLE = frozenset({f"{_AUTH}drive", f"{_AUTH}drive.file"})
SHEETS_WRITE = _DRIVE_WHOLE | {f"{_AUTH}spreadsheets"}
SHEETS_READ = SHEETS_WRITE | {f"{_AUTH}spreadsheets.readonly", f"{_AUTH}drive.readonly"}
DRIVE_READ = _DRIVE_WHOLE | {
    f"{_AUTH}{name}" for name in ("drive.readonly", "drive.metadata", "drive.metadata.readonly")
}
DRIVE_WRITE = _DRIVE_WHOLE
DRIVE_DESCRIBE = _DRIVE_WHOLE | {f"{_AUTH}drive.metadata"}
DRIVE_CONTENT = _DRIVE_WHOLE | {f"{_AUTH}drive.readonly"}
_SHORT_LIVED = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
    "Check your iat and exp values in the JWT claim."
)


class GrantRefused(Exception):
    """The token endpoint says no; `body` is Google's flat OAuth error."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.body: Json = {"error": error, "error_description": description}


@dataclass(frozen=True, slots=True)
class Token:
    """What a bearer token stands for."""

    account: str
    scopes: frozenset[str]
    expires: float


class Tokens:
    """Tokens given out since the start; a restart forgets them, and clients ask again after their 401."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._given: dict[str, Token] = {}
        #: e-mails whose key was deleted in the console
        self.revoked: set[str] = set()
        #: what any token covers at most, whatever is asked for, as on a server whose scopes were chosen with it
        self.widest = KNOWN_SCOPES

    def grant(self, form: Mapping[str, str], audience: str) -> Json:
        """Answers a token request. Raises GrantRefused."""
        if form.get("grant_type") != GRANT:
            raise GrantRefused("unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type', '')}")
        claims = self._verified(form.get("assertion", ""), audience)
        scopes = _scopes(claims.get("scope"))
        text = f"ya29.sandbox-{secrets.token_urlsafe(32)}"
        self._given[text] = Token(str(claims["iss"]), scopes & self.widest, self._now() + LIFETIME)
        return {"access_token": text, "expires_in": LIFETIME, "token_type": "Bearer"}

    def token(self, authorization: str | None) -> Token:
        """The token of an Authorization header. Raises the 401 for a missing, unknown or expired one."""
        scheme, _, text = (authorization or "").partition(" ")
        token = self._given.get(text.strip()) if scheme.lower() == "bearer" else None
        if token is None or token.expires <= self._now():
            raise unauthenticated()
        return token

    def holder(self, authorization: str | None) -> str:
        """Whose token an Authorization header carries; empty for none that is good."""
        try:
            return self.token(authorization).account
        except GoogleError:
            return ""

    def asker(self, form: Mapping[str, str]) -> str:
        """Whose assertion a token request carries, unproven; empty for none of an account known here."""
        try:
            return self._account(form.get("assertion", "")).email
        except GrantRefused:
            return ""

    def _now(self) -> float:
        return self._state.clock().timestamp()

    def _verified(self, assertion: str, audience: str) -> dict[str, Any]:
        account = self._account(assertion)
        try:
            claims: dict[str, Any] = jwt.decode(
                assertion,
                account.public_key,
                algorithms=["RS256"],
                # Times are judged below by the sandbox's own clock, which tests can move.
                options={"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False},
            )
        except jwt.InvalidTokenError:
            raise GrantRefused("invalid_grant", "Invalid JWT Signature.") from None
        if account.email in self.revoked:
            raise GrantRefused("invalid_grant", "Invalid JWT Signature.")
        if claims.get("aud") not in (audience, GOOGLE_AUDIENCE):
            reason = f"Invalid JWT: Failed audience check. The right audience is {audience}"
            raise GrantRefused("invalid_grant", reason)
        issued, expires = claims.get("iat"), claims.get("exp")
        if not _is_time(issued) or not _is_time(expires) or not self._is_reasonable(issued, expires):
            raise GrantRefused("invalid_grant", _SHORT_LIVED)
        return claims

    def _is_reasonable(self, issued: float, expires: float) -> bool:
        now = self._now()
        lasting = 0 < expires - issued <= LIFETIME + _TOLERANCE
        return lasting and issued <= now + _TOLERANCE and now <= expires + _TOLERANCE

    def _account(self, assertion: str) -> Account:
        try:
            claims = jwt.decode(assertion, options={"verify_signature": False})
        except jwt.InvalidTokenError:
            raise GrantRefused("invalid_grant", "Bad Request") from None
        account = self._state.accounts.get(str(claims.get("iss")))
        if account is None:
            raise GrantRefused("invalid_grant", "Invalid grant: account not found")
        return account


def _is_time(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _scopes(given: object) -> frozenset[str]:
    asked = frozenset(given.split()) if isinstance(given, str) else frozenset()
    if not asked:
        raise GrantRefused("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
    unknown = sorted(asked - KNOWN_SCOPES)
    if unknown:
        raise GrantRefused("invalid_scope", f"Some requested scopes were invalid. {{invalid=[{', '.join(unknown)}]}}")
    return asked
