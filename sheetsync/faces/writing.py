"""Files people are given: new ones only."""

from pathlib import Path

from sheetsync.errors import UsageError


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet. Raises `UsageError`."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{path} is there already.", "Name a new file with --out.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.", "Name another file with --out.") from error
