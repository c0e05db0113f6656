"""GA4's default channel groups: what ships, and what a company's configuration says otherwise."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from sheetsync.config.document import parse
from sheetsync.config.findings import Findings
from sheetsync.config.shape.tracking import ChannelRuleShape, Ga4OverrideShape, Ga4Shape
from sheetsync.core.tracking.ga4 import Case, ChannelRule, Ga4

SHIPPED: Final = Path(__file__).with_name("ga4.yaml")
#: in the place of a kind: a source that Google does not list after all
UNLISTED: Final = "none"


def ga4(shape: Ga4OverrideShape) -> Ga4:
    """The rules and sources that ship, with a company's own in their place."""
    shipped = shipped_ga4()
    changed = {source.strip().lower(): kind for source, kind in shape.sources.items()}
    kinds = {source: kind for source, kind in {**shipped.kinds, **changed}.items() if kind != UNLISTED}
    rules = shipped.rules if shape.rules is None else _rules(shape.rules)
    return Ga4(rules, kinds, shape.dated or shipped.dated)


@cache
def shipped_ga4() -> Ga4:
    """What ships with sheetsync."""
    parsed = parse(SHIPPED.read_text(encoding="utf-8"), SHIPPED.name, Findings())
    shape = Ga4Shape.model_validate(parsed[0] if parsed else None)
    return Ga4(_rules(shape.rules), dict(_kinds(shape.sources)), shape.dated or date.min)


def kinds_of_sources(rules: Sequence[ChannelRuleShape] | None) -> frozenset[str]:
    """The kinds that the rules in force ask for."""
    cases = (case for rule in (shipped_ga4().rules if rules is None else _rules(rules)) for case in rule.cases)
    return frozenset(case.listed for case in cases if case.listed)


def _kinds(sources: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    return ((source.lower(), kind) for kind, listed in sources.items() for source in listed)


def _rules(shapes: Sequence[ChannelRuleShape]) -> tuple[ChannelRule, ...]:
    return tuple(
        ChannelRule(
            rule.group,
            tuple(
                Case(case.listed or "", case.source or "", case.medium or "", case.campaign or "")
                for case in rule.cases
            ),
        )
        for rule in shapes
    )
