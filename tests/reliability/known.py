"""What the machine has found and nobody has mended yet: counted, told by `test_found.py`, not found again."""

from tests.reliability.oracle import Broken, Lost, Unsettled

#: name -> how it shows; a line goes when its test in `test_found.py` passes
KNOWN: dict[str, tuple[type[Broken], str]] = {
    "known: a pin elsewhere": (Unsettled, "Developer metadata with ID"),
    "known: protected for good": (Unsettled, "protected cell or object"),
    "known: a column left behind": (Unsettled, "stands in two columns"),
    "known: seen by the last look only": (Lost, "gone without a trace"),
}


def known(broken: Broken) -> str | None:
    """The name under which this is known already."""
    found = (name for name, (kind, text) in KNOWN.items() if isinstance(broken, kind) and text in str(broken))
    return next(found, None)
