"""A copy of the example configuration that a test may break."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from sheetsync.config import Config, load
from sheetsync.errors import ConfigError

EXAMPLE = Path(__file__).parents[2] / "fixtures" / "three-teams" / "config"
#: what `sheetsync demo` runs on
SHIPPED = Path(__file__).parents[2] / "config"


@dataclass(frozen=True)
class Folder:
    """A configuration folder and what loading it says."""

    path: Path

    def change(self, file: str, old: str, new: str) -> int:
        """Replace the one place `old` stands at; returns its line."""
        text = (self.path / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        (self.path / file).write_text(text.replace(old, new), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    def at(self, file: str, text: str, after: str = "") -> str:
        """ "file:line" of the first place `text` stands at, behind the first `after`."""
        whole = (self.path / file).read_text(encoding="utf-8")
        return f"{file}:{whole[: whole.index(text, whole.index(after))].count(chr(10)) + 1}"

    def write(self, file: str, text: str) -> None:
        (self.path / file).write_text(text, encoding="utf-8")

    def append(self, file: str, text: str) -> None:
        self.write(file, (self.path / file).read_text(encoding="utf-8") + text)

    def load(self, environ: Mapping[str, str] | None = None) -> Config:
        return load(self.path, environ or {})

    def problems(self, environ: Mapping[str, str] | None = None) -> list[str]:
        """One line per problem, the folder's own path left out; [] when there is none."""
        try:
            self.load(environ)
        except ConfigError as error:
            return str(error).replace(f"{self.path}/", "").splitlines()
        return []


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """The example, in a folder of its own."""
    copy = tmp_path / "config"
    copy.mkdir()
    for file in EXAMPLE.glob("*.yaml"):
        (copy / file.name).write_bytes(file.read_bytes())
    return Folder(copy)
