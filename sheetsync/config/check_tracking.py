"""Checks of where links lead and where they are counted: GA4's groups, hosts of brands and regions, macros."""

import re
from collections.abc import Iterator

from sheetsync.config.findings import Where
from sheetsync.config.ga4 import UNLISTED, kinds_of_sources
from sheetsync.config.scope import Scope
from sheetsync.config.shape import TrackingShape
from sheetsync.config.shape.tracking import ChannelRuleShape
from sheetsync.core.model import Entity
from sheetsync.core.tracking import TrackingRules
from sheetsync.core.tracking.defects import INSEPARABLE
from sheetsync.core.tracking.urls import MACRO_SYSTEMS


def check_tracking(scope: Scope) -> None:
    """What the sections tracking and channels say beside parameters and hosts."""
    if scope.shape.tracking is not None:
        _check_ga4(scope, scope.shape.tracking)
        _check_hosts_of(scope, scope.shape.tracking)
    for name, channel in scope.shape.channels.items():
        for number, system in enumerate(channel.macros or []):
            if system not in MACRO_SYSTEMS:
                scope.findings.report_unknown(("channels", name, "macros", number), system, "system", MACRO_SYSTEMS)
        _check_hosts(scope, ("channels", name, "placed_on"), channel.placed_on)
        if channel.tagged_by and (channel.macros is not None or channel.placed_on):
            where = ("channels", name, "macros" if channel.macros is not None else "placed_on")
            scope.findings.report(where, f"says nothing: its links are the bare page, tagged by {channel.tagged_by}")


def _check_ga4(scope: Scope, tracking: TrackingShape) -> None:
    where: Where = ("tracking", "ga4")
    for number, rule in enumerate(tracking.ga4.rules or []):
        _check_rule(scope, (*where, "rules", number), rule)
    if tracking.ga4.rules is not None and not tracking.ga4.rules:
        scope.findings.report((*where, "rules"), "holds no rule; leave it out for those that ship")
    kinds = kinds_of_sources(tracking.ga4.rules)
    seen: dict[str, str] = {}
    for source, kind in tracking.ga4.sources.items():
        at: Where = (*where, "sources", source)
        if kind not in {*kinds, UNLISTED}:
            known = ", ".join(sorted(kinds))
            scope.findings.report(at, f"no rule asks for '{kind}'; write {known} or {UNLISTED}")
        elif (other := seen.setdefault(source.strip().lower(), source)) != source:
            scope.findings.report(at, f"is '{other}' once more: case does not count")


def _check_rule(scope: Scope, where: Where, rule: ChannelRuleShape) -> None:
    if not rule.cases:
        scope.findings.report((*where, "cases"), "holds no case, so nothing would ever belong to it")
    for number, case in enumerate(rule.cases):
        at: Where = (*where, "cases", number)
        if not case.model_dump(exclude_none=True):
            scope.findings.report(at, "says nothing; name listed, source, medium or campaign")
        for name, pattern in (("source", case.source), ("medium", case.medium), ("campaign", case.campaign)):
            if pattern is not None and not _compiles(pattern):
                scope.findings.report((*at, name), "is no regular expression; write . * | ( ) as in paid.*|ppc")


def _check_hosts_of(scope: Scope, tracking: TrackingShape) -> None:
    for name, words in tracking.hosts_of.items():
        where: Where = ("tracking", "hosts_of", name)
        if not scope.knows_field(where, name):
            continue
        field = scope.fields[name]
        if field.of is not Entity.CAMPAIGN:
            scope.findings.report(where, f"'{name}' is a field of a placement; a page is a campaign's")
        elif name not in scope.shape.owners and not scope.findings.doubtful(("owners", name)):
            scope.findings.report(where, f"nobody owns '{name}'; name its owner")
        for word, hosts in words.items():
            _check_hosts(scope, (*where, word), hosts)
        for host, (first, second) in _shared(words):
            scope.findings.report((*where, second), f"'{host}' stands under '{first}' already")


def _shared(words: dict[str, list[str]]) -> Iterator[tuple[str, tuple[str, str]]]:
    meant: dict[str, str] = {}
    for word, hosts in words.items():
        for host in hosts:
            if (other := meant.setdefault(host.lower(), word)) != word:
                yield host, (other, word)


def _check_hosts(scope: Scope, where: Where, hosts: list[str]) -> None:
    for host in hosts:
        try:
            TrackingRules(INSEPARABLE, (host,))
        except ValueError:
            scope.findings.report(where, "names no host; write www.brand.example or *.brand.example")


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True
