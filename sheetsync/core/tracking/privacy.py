"""Personal data in URLs: found, so that no link carries it, and left out of everything shown about a link.

Source: e-mail, phone or name in a value is a high defect of the tracking-URL discipline (analytics terms forbid it).
"""

import re
from typing import Final
from urllib.parse import unquote

from sheetsync.core.tracking.lists import PERSONAL_PARAMETERS
from sheetsync.core.tracking.urls import Piece, decode, masked

_SHOWN_LENGTH: Final = 80
_E_MAIL: Final = re.compile(r"[\w.+-]{1,64}@(?!\dx\.)(?:[\w-]{1,63}\.){1,9}[^\W\d_]{2,}")  # but not logo@2x.png
_PHONE: Final = re.compile(r"[+ ]\d[\d\s().-]{6,18}\d")  # a raw + may have been read as a blank
_USER_INFO: Final = re.compile(r"(?://|^[^/?#\s@]*:)[^/?#\s]*@")


def shown(text: str) -> str:
    """A piece of a URL fit to be shown: personal data left out, cut to a readable length."""
    if _is_private(text):
        name, equals, _ = text.partition("=")
        return f"{name}=…" if equals and not _is_private(name) else "…"
    printable = "".join(character if character.isprintable() else "�" for character in text)
    return printable if len(printable) <= _SHOWN_LENGTH else f"{printable[: _SHOWN_LENGTH - 1]}…"


def presentable(url: str) -> str:
    """A URL as it may stand in a report: whole, unless it carries a password or somebody's data."""
    return shown(url) if _is_private(url) else url


def holds_personal_data(text: str) -> bool:
    """Whether an e-mail address, a phone number or a parameter made for a person's data stands in `text`."""
    return any(personal_in(Piece(piece)) for piece in re.split("[&?#]", text))


def holds_e_mail(text: str) -> bool:
    """Whether an e-mail address stands in `text`, also an escaped one."""
    return bool(_E_MAIL.search(_readable(text)))


def personal_in(piece: Piece) -> str:
    """What kind of personal data a query piece carries; "" for none."""
    if holds_e_mail(piece.text):
        return "an e-mail address"
    _, _, value = piece.text.partition("=")
    if _PHONE.fullmatch(unquote(masked(value))):
        return "a phone number"
    is_switch = (piece.value or "").lower() in {"", "0", "1", "true", "false", "yes", "no"}
    return "a person's data" if piece.key in PERSONAL_PARAMETERS and not is_switch else ""


def _is_private(text: str) -> bool:
    return holds_personal_data(text) or bool(_USER_INFO.search(_readable(text)))


def _readable(text: str) -> str:
    """Decoded twice, since pasted addresses come wrapped; macros blanked out."""
    return unquote(decode(masked(text)))
