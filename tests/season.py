"""The season's story on a real sandbox over HTTP, for tests that look at what comes out of it."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from sheetsync import wiring
from sheetsync.config import Config, load
from sheetsync.core.guards import Guard
from sheetsync.engine.cycle import reconcile
from sheetsync.engine.documents import run_document
from sheetsync.engine.world import Request, World
from sheetsync.sandbox import Running, running

TOP = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Told:
    """A story under `fixtures`, and the configuration that goes with it."""

    story: Path
    config: Path

    def answers(self) -> Mapping[str, Any]:
        """Its answer key."""
        key: Mapping[str, Any] = YAML(typ="safe").load(self.story / "answers.yaml")
        return key


#: small enough to start for every test
STORY = TOP / "fixtures" / "three-teams"
THREE_TEAMS = Told(STORY, STORY / "config")
#: what `sheetsync demo` tells
SEASON = Told(TOP / "fixtures" / "season", TOP / "config")


@dataclass
class Season:
    """A loaded story, its configuration folder, and the sandbox to act in."""

    place: Path
    sandbox: Running

    @property
    def folder(self) -> Path:
        return self.place / "config"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "SHEETS_EMULATOR_HOST": self.sandbox.base,
            "SHEETSYNC_CREDENTIALS": str(self.place / "accounts" / "sheetsync.json"),
            "SHEETSYNC_LEDGER": str(self.place / "ledger.db"),
            "SHEETSYNC_RECORDS": str(self.place / "records.db"),
        }

    @property
    def config(self) -> Config:
        return load(self.folder, self.environment)

    def world(self, dry_run: bool = False) -> World:
        return wiring.world(self.config, dry_run)

    def reconcile(self, **request: Any) -> Mapping[str, Any]:
        """One cycle over HTTP, as its published document; see `request`."""
        world = self.world(request.get("dry_run", False))
        return run_document(reconcile(world, self.config.rules, self.request(**request)), world.link)

    def request(self, **request: Any) -> Request:
        """What is asked for, with a yes to first writes unless `accept` says otherwise."""
        return Request(**{"accept": self.yes_to(Guard.FIRST_WRITE), **request})

    def yes_to(self, *guards: Guard) -> frozenset[tuple[Guard, str]]:
        """A person's yes to these guards (to all, when none is named) for every source."""
        return frozenset((guard, name) for guard in guards or Guard for name in self.config.rules.sources)


@contextmanager
def season(place: Path, told: Told = THREE_TEAMS) -> Iterator[Season]:
    """A story in a folder of its own, freshly loaded."""
    shutil.copytree(told.config, place / "config", ignore=shutil.ignore_patterns("state"))
    with running(accounts=place / "accounts", stories=[told.story]) as sandbox:
        loaded = Season(place, sandbox)
        wiring.load_records(loaded.config, "campaigns", told.story / "records.csv")
        yield loaded
