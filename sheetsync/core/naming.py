"""Generated names: how the owners' words become the parts of a name by its template, and what a name may not be."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Final

from sheetsync.core.fields import Field
from sheetsync.core.graph import Naming
from sheetsync.core.tracking import slug
from sheetsync.core.truth import Known

#: what may stand behind a field in a template, beside a date's pattern: as written, in capitals, its word's code, cut
RAW: Final = "raw"
UPPER: Final = "upper"
CODE: Final = "code"
SHORT: Final = re.compile(r"\.([1-9]\d?)")

PLACEHOLDER: Final = re.compile(r"\{(?P<name>\w+)(?::(?P<format>[^}]*))?\}")

#: between the words of one part, unless the parts are parted by it
_WITHIN: Final = "-"
_WITHIN_INSTEAD: Final = "_"
#: Windows refuses these in a file's name, and drops blanks and dots at its end; / and control characters nobody takes
_NO_FILE: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')


def part(field: Field, known: Known, how: str, naming: Naming, codes: Mapping[str, str]) -> str:
    """One part of a name; "" where the value gives none. `how` is what stands behind the field in the template.

    A code and a raw part stay as they are written, a date's pattern as it gives it; all else is a slug in the name's
    case, whose words are not joined by what parts the parts.
    """
    if isinstance(known.value, date) and how and how not in (RAW, UPPER, CODE) and not SHORT.fullmatch(how):
        return known.value.strftime(how)
    if how == CODE:
        return codes.get(str(known.value), "")
    text = field.type.format(known.value)
    if how == RAW:
        return as_a_file_takes_it(known.claim.raw if known.claim is not None and known.claim.raw else text)
    short, within = SHORT.fullmatch(how), _WITHIN_INSTEAD if naming.separator == _WITHIN else _WITHIN
    name = slug(text, keep_case=naming.case == "as typed")
    name = name[: int(short[1])].strip(_WITHIN) if short else name
    in_case = name.upper() if how == UPPER or naming.case == "upper" else name
    return in_case.replace(_WITHIN, within)


def as_a_file_takes_it(text: str) -> str:
    """`text` without what no file system takes; "" where nothing is left."""
    plain = " ".join(_NO_FILE.sub(" ", unicodedata.normalize("NFC", text)).split())
    return "".join(character for character in plain if unicodedata.category(character) != "Cf").strip(" .")
