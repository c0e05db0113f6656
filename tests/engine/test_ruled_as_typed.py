"""The strongest law of rulings, on whole stories: a ruling is the owner having typed it, wherever its field goes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

import pytest

from sheetsync.core.as_if import as_if
from sheetsync.core.graph import Rules
from sheetsync.core.judging import judge
from sheetsync.core.match import Matched
from sheetsync.core.matters import CUSTOM_VALUE, KEEP_A, KEEP_AGREED, KEEP_B
from sheetsync.core.model import Value
from sheetsync.core.record_fields import RecordField
from sheetsync.engine.cycle import reconcile
from tests.core.ruling_worlds import Baselines, all_but_words, as_typed, conflicts, court, typed, world
from tests.season import SEASON, THREE_TEAMS, TOP, Told, season

STORIES = {
    "season": SEASON,
    "three-teams": THREE_TEAMS,
    **{
        name: Told(TOP / "fixtures" / name, TOP / "fixtures" / name / "config")
        for name in ("hollander-kay", "halcyon-pass")
    },
}


@dataclass(frozen=True)
class Copied:
    """One cell that agrees with its owner's: what can come to be disputed there."""

    copy: RecordField
    owner: RecordField
    agreed: str
    #: other words of the same field anywhere in the story
    others: tuple[Value, ...]


@dataclass(frozen=True)
class Story:
    rules: Rules
    matched: Matched
    now: datetime
    agreed: Baselines
    cells: Sequence[Copied]


def copied(rules: Rules, matched: Matched, agreed: Baselines) -> Iterator[Copied]:
    said: dict[str, dict[str, Value]] = {}
    for item in matched.identified:
        for name in rules.fields:
            if (value := item.record.value(name)) is not None:
                said.setdefault(name, {})[rules.fields[name].type.format(value)] = value
    identity = {name for source in rules.sources.values() for names in (source.key, *source.match) for name in names}
    for (source, record, name), text in agreed.items():
        owner, campaign = rules.owners.get(name), record.split(" / ")[0]
        others = tuple(value for words, value in said.get(name, {}).items() if words != text)
        row = next((it for it in (record, campaign) if owner and (owner, it) in matched.of), None)
        if owner and row and name not in identity and len(others) > 1:
            yield Copied((source, record, name), (owner, row, name), text, others)


@pytest.fixture(scope="module", params=STORIES)
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Story:
    with season(tmp_path_factory.mktemp(request.param) / "now", STORIES[request.param]) as loaded:
        run = reconcile(loaded.world(True), loaded.config.rules, loaded.request(dry_run=True))
    rules, matched, agreed = run.readings.rules, run.matched, dict(run.decided.agreed.items())
    return Story(rules, matched, run.started, agreed, tuple(copied(rules, matched, agreed)))


CHOICES = (KEEP_A, KEEP_B, KEEP_AGREED, CUSTOM_VALUE)
#: cells that come to be disputed, of each story
CELLS = 40


def test_a_ruling_is_the_owner_having_typed_it(story: Story) -> None:
    drawn, fields = Random(7), set()  # noqa: S311
    for number in range(CELLS):
        cell = drawn.choice(story.cells)
        if said := differs(story, cell, drawn.sample(cell.others, 2), CHOICES[number % 4], drawn.choice(cell.others)):
            fields.add(cell.copy[2])
            assert said == "nothing", (cell, CHOICES[number % 4], said)
    assert len(fields) > 1, "nothing came to be disputed"


def differs(story: Story, cell: Copied, sides: Sequence[Value], choice: str, custom: Value) -> str:
    """What is not as if the owner had typed it, or "nothing"; empty where nothing was disputed, or decided."""
    rules, name = story.rules, cell.copy[2]
    matched = as_if(story.matched, dict(zip((cell.owner, cell.copy), sides, strict=True)), rules)
    before = world(matched, rules, story.agreed, now=story.now)
    found = [it for it in conflicts(before) if (it.b.source, it.record) == cell.copy[:2] and name in it.fields]
    if not found:
        return ""
    one = typed(found[0], choice, rules.fields[name].type.format(custom))
    [judged] = judge([one], court(rules, matched, before))
    if judged.ruling is None:
        return ""
    after = all_but_words(world(matched, rules, story.agreed, [judged.ruling], story.now))
    there, agreed = as_typed(matched, rules, story.agreed, judged.ruling)
    wanted = all_but_words(world(there, rules, agreed, now=story.now))
    return (
        "; ".join(_apart(what, said, wanted[what]) for what, said in after.items() if said != wanted[what]) or "nothing"
    )


def _apart(what: str, ruled: Any, typed_: Any) -> str:
    if isinstance(ruled, dict):
        ruled, typed_ = list(ruled.items()), list(typed_.items())
    more, less = ([it for it in some if it not in others] for some, others in ((ruled, typed_), (typed_, ruled)))
    return f"{what}: {more} where it would be {less}"
