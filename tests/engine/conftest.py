"""One sandbox for all tests of a worker: before each, its workbooks and the past are as after the first cycle."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from sheetsync.config import Config
from sheetsync.core.graph import Rules, Source
from sheetsync.engine.cycle import reconcile
from sheetsync.engine.world import Run, World
from sheetsync.sandbox import Running
from sheetsync.sandbox.model import Workbook
from tests.deciding import deciding
from tests.season import Season, season


class Town(Season):
    """A season whose configuration was read once; settings are changed in memory."""

    def __init__(self, place: Path, sandbox: Running, config: Config) -> None:
        super().__init__(place, sandbox)
        self._config = replace(config, ledger=place / "ledger.db")

    @property
    def config(self) -> Config:
        return self._config

    def change(self, source: str, **settings: Any) -> None:
        """Other settings of one source from now on."""
        self.add(source, self.config.rules.sources[source], **settings)

    def add(self, name: str, like: Source, **settings: Any) -> None:
        """A source that is like another but for its name and these settings."""
        rules = self.config.rules
        self.set(replace(rules, sources={**rules.sources, name: replace(like, name=name, **settings)}))

    def set(self, rules: Rules) -> None:
        """Other rules from now on."""
        self._config = replace(self._config, rules=rules)

    def run(self, world: World | None = None, **request: Any) -> Run:
        """One cycle as the engine tells it, perhaps in another world."""
        return reconcile(world or self.world(), self.config.rules, self.request(**request))

    @property
    def ledger(self) -> Path:
        return self.place / "ledger.db"


@dataclass(frozen=True, repr=False)
class _Moment:
    """Workbooks and files to come back to. Workbooks are never changed in place, so keeping them is enough."""

    books: Mapping[str, Workbook]
    place: Path
    config: Config

    @classmethod
    def of(cls, loaded: Season, place: Path) -> "_Moment":
        shutil.copytree(loaded.place, place)
        return cls(dict(loaded.sandbox.state.workbooks), place, loaded.config)

    def again(self, sandbox: Running, place: Path) -> Town:
        sandbox.between = None
        with sandbox.state.lock:
            sandbox.state.workbooks.clear()
            sandbox.state.workbooks.update(self.books)
        shutil.copytree(self.place, place, dirs_exist_ok=True)
        return Town(place, sandbox, self.config)


@pytest.fixture(scope="session")
def _moments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, _Moment, _Moment]]:
    with season(tmp_path_factory.mktemp("season") / "now") as loaded:
        before = _Moment.of(loaded, loaded.place.parent / "before")
        assert loaded.reconcile()["run"]["exit_code"] == 0
        yield loaded.sandbox, before, _Moment.of(loaded, loaded.place.parent / "after")


@pytest.fixture
def untouched(_moments: tuple[Running, _Moment, _Moment], tmp_path: Path) -> Town:
    """The season before anything of ours stands anywhere."""
    return _moments[1].again(_moments[0], tmp_path)


@pytest.fixture
def town(_moments: tuple[Running, _Moment, _Moment], tmp_path: Path) -> Town:
    """The season after its first cycle."""
    return _moments[2].again(_moments[0], tmp_path)


@pytest.fixture(scope="session")
def _deciding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, _Moment]]:
    place = tmp_path_factory.mktemp("deciding") / "now"
    with deciding(place) as loaded:
        assert loaded.reconcile()["run"]["exit_code"] == 0
        yield loaded.sandbox, _Moment.of(loaded, place.parent / "after")


@pytest.fixture
def decided_in(_deciding: tuple[Running, _Moment], tmp_path: Path) -> Town:
    """The season with decisions tabs, after its first cycle."""
    town = _deciding[1].again(_deciding[0], tmp_path)
    town._config = replace(town.config, records_url=f"sqlite:///{tmp_path}/records.db")
    return town
