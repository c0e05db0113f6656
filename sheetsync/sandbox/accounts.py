"""Service accounts: key files as Google hands them out, and the public halves the sandbox keeps."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sheetsync.sandbox.errors import Json, SandboxError
from sheetsync.sandbox.store import Account

DOMAIN = "sandbox.iam.gserviceaccount.com"
DEFAULT_NAMES = ("sheetsync", "second", "person")


def email_of(name: str) -> str:
    """The e-mail of a short account name; an e-mail stays as it is, and so does `anyone`."""
    return name if "@" in name or name == "anyone" else f"{name}@{DOMAIN}"


def issue_accounts(folder: Path, names: Sequence[str], base: str) -> list[Account]:
    """Writes NAME.json, a service-account key file, for each name into `folder`, and returns the public halves.

    A valid key file of that name keeps its key, so programs that read it keep working after a restart; only its
    `token_uri` follows `base`. Files are readable by their owner alone.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_issue(folder / f"{name}.json", name, base) for name in names]
    except OSError as error:
        raise SandboxError(f"cannot write account keys into {folder}: {error}") from error


def _issue(path: Path, name: str, base: str) -> Account:
    kept = _kept_key(path, name)
    key = kept or rsa.generate_private_key(public_exponent=65537, key_size=2048)
    document = _key_file(key, name, base)
    text = json.dumps(document, indent=2) + "\n"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_private(path, text)
    path.chmod(0o600)
    return Account(document["client_email"], document["private_key_id"], _public_pem(key))


def _kept_key(path: Path, name: str) -> rsa.RSAPrivateKey | None:
    """The key of an existing file of this account, or None if there is none that works."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        # Checking the primes costs 0.1 s a key, and the file is our own.
        key = serialization.load_pem_private_key(
            document["private_key"].encode(), password=None, unsafe_skip_rsa_key_validation=True
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    fits = isinstance(key, rsa.RSAPrivateKey) and document.get("client_email") == email_of(name)
    return key if fits and isinstance(key, rsa.RSAPrivateKey) else None


def _key_file(key: rsa.RSAPrivateKey, name: str, base: str) -> Json:
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    fingerprint = _fingerprint(key)
    return {
        "type": "service_account",
        "project_id": "sandbox",
        "private_key_id": fingerprint[:40],
        "private_key": private.decode(),
        "client_email": email_of(name),
        "client_id": str(int(fingerprint[40:56], 16)).rjust(21, "1"),
        "auth_uri": f"{base}/auth",
        "token_uri": f"{base}/token",
        "universe_domain": "googleapis.com",
    }


def _fingerprint(key: rsa.RSAPrivateKey) -> str:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(_public_pem(key).encode())
    return digest.finalize().hex()


def _public_pem(key: rsa.RSAPrivateKey) -> str:
    public = key.public_key()
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def write_private(path: Path, text: str) -> None:
    """Writes a file that is never readable by others, not even while it is being written. Raises OSError."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
