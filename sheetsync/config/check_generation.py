"""Checks of what is generated: templates that can be filled, a medium for every channel, links that can be built."""

import re
from collections.abc import Collection, Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Final

from sheetsync.config.findings import Where, did_you_mean, nearest
from sheetsync.config.scope import Scope
from sheetsync.config.shape import TrackingShape
from sheetsync.core.campaigns import CAMPAIGN_ID
from sheetsync.core.generate import BY_CHANNEL, BY_TRACKING
from sheetsync.core.naming import CODE, RAW, SHORT, UPPER
from sheetsync.core.tracking import TrackingRules
from sheetsync.core.tracking.defects import INSEPARABLE

_PLACEHOLDER: Final = re.compile(r"\{(?P<name>[^{}:]*)(?::(?P<format>[^{}]*))?\}")
#: digits only, so that the same day gives the same text on every machine
_DAY_PATTERN: Final = re.compile(r"(?:%[YymdjHMVGu]|[\w.-])+", re.ASCII)
_NUMBER_PATTERN: Final = re.compile(r"(?:0?[1-9])?d")
_KEYWORDS: Final = (BY_CHANNEL, BY_TRACKING)


def check_generation(scope: Scope) -> None:
    """Everything about generated values."""
    for name, shape in scope.shape.templates.items():
        where: Where = ("generated", name)
        template = shape.template
        scope.knows_field(where, name)
        if name == CAMPAIGN_ID:
            _check_id(scope, where, template)
        elif template not in _KEYWORDS:
            _check_template(scope, where, template)
        if shape.model_fields_set - {"template"} and (name == CAMPAIGN_ID or template in _KEYWORDS):
            scope.findings.report(where, "is no name put together from parts; only its template can be said")
        if template == BY_TRACKING and scope.shape.tracking is None and not scope.findings.doubtful(("tracking",)):
            scope.findings.report(where, "needs the section tracking")
    _check_inputs(scope)
    _check_codes(scope)
    _check_channels(scope)
    if scope.shape.tracking is not None:
        _check_tracking(scope, scope.shape.tracking)


def _check_id(scope: Scope, where: Where, template: str) -> None:
    found = list(_PLACEHOLDER.finditer(template))
    whole = len(found) == 1 and found[0]["name"] == "number" and _NUMBER_PATTERN.fullmatch(found[0]["format"] or "d")
    if not whole or _stray_brace(template):
        scope.findings.report(where, 'is a text with one number in it, such as "NL-{number:04d}"')


def _check_template(scope: Scope, where: Where, template: str) -> None:
    if _stray_brace(template):
        scope.findings.report(where, "has a brace without its partner")
    elif "{" not in template and (guess := nearest(template, _KEYWORDS)):
        scope.findings.report(where, f"is no keyword{did_you_mean(guess)}")
    for found in _PLACEHOLDER.finditer(template):
        name, pattern = found["name"], found["format"]
        if name == "number":
            scope.findings.report(where, f"only {CAMPAIGN_ID} has a {{number}}")
        elif name not in scope.fields:
            _report_placeholder(scope, where, name)
        elif pattern is not None:
            _check_pattern(scope, where, name, pattern)


def _report_placeholder(scope: Scope, where: Where, name: str) -> None:
    if not scope.findings.doubtful(("fields", name)):
        named = f"'{{{name}}}' is no field" if name.isidentifier() else "has a placeholder that is no field"
        scope.findings.report(where, named + did_you_mean(nearest(name, scope.fields)))


def _check_pattern(scope: Scope, where: Where, name: str, pattern: str) -> None:
    if pattern in (RAW, UPPER) or SHORT.fullmatch(pattern):
        return
    if pattern == CODE:
        if name not in scope.shape.codes and not scope.findings.doubtful(("codes", name)):
            scope.findings.report(where, f"'{name}' has no codes; add them as codes.{name}")
    elif scope.fields[name].type not in ("day", "moment"):
        scope.findings.report(where, f"'{name}' is no date; only dates take a pattern")
    elif "%" not in pattern or not _DAY_PATTERN.fullmatch(pattern):
        scope.findings.report(where, f"'{name}' has a pattern that is none; write it with %Y %y %m %d, as in %Y%m")


def _check_codes(scope: Scope) -> None:
    """Codes are words' own: of words there are, each code one word's, every word with one."""
    for name, codes in scope.shape.codes.items():
        where: Where = ("codes", name)
        if not scope.knows_field(where, name):
            continue
        if scope.fields[name].type != "choice":
            scope.findings.report(where, f"'{name}' is of type {scope.fields[name].type}; only a choice has codes")
            continue
        words = scope.shape.vocabularies.get(scope.fields[name].vocabulary or "", {})
        meant: dict[str, str] = {}
        for word, code in codes.items():
            if word not in words and not scope.findings.doubtful(("vocabularies", scope.fields[name].vocabulary or "")):
                scope.findings.report_unknown((*where, word), word, f"word of '{name}'", words)
            if (other := meant.setdefault(code.casefold(), word)) != word:
                scope.findings.report((*where, word), f"'{other}' has the same code; no code stands for two words")
        for word in words:
            if word not in codes and not scope.findings.doubtful((*where, word)):
                scope.findings.report(where, f"has no code for '{word}'")


def _stray_brace(template: str) -> bool:
    return bool(set("{}") & set(_PLACEHOLDER.sub("", template)))


def _check_inputs(scope: Scope) -> None:
    """Every input is somebody's word or generated itself, and nothing is made of itself."""
    inputs = {name: list(dict.fromkeys(_inputs(scope, name))) for name in scope.shape.generated if name != CAMPAIGN_ID}
    for name, needed in inputs.items():
        for need in needed:
            if need in scope.fields and not _supplied(scope, need):
                _report_unsupplied(scope, ("generated", name), need)
    try:
        TopologicalSorter(inputs).prepare()
    except CycleError as cycle:
        ring = [str(name) for name in cycle.args[1]]
        scope.findings.report(("generated", ring[-1]), f"is made of itself: {' <- '.join(ring)}")


def _supplied(scope: Scope, name: str) -> bool:
    """Whether somebody owns a field or a template makes it, or may have been meant to."""
    sections: dict[str, Collection[str]] = {"owners": scope.shape.owners, "generated": scope.shape.generated}
    return any(name in known or scope.findings.doubtful((section, name)) for section, known in sections.items())


def _report_unsupplied(scope: Scope, where: Where, name: str) -> None:
    """Tell, once, that the input spoken of at `where` has no source."""
    by_channel = name == "utm_medium" and scope.shape.channels
    remedy = f"add `{name}: {BY_CHANNEL}` to generated" if by_channel else "name its owner, or generate it"
    scope.findings.report(where, f"nobody supplies '{name}'; {remedy}")
    scope.findings.doubt(("owners", name))


def _inputs(scope: Scope, name: str) -> Iterator[str]:
    template = scope.shape.templates[name].template
    if template == BY_CHANNEL:
        yield "channel"
    elif template == BY_TRACKING:
        # its parameters are checked where they are named
        yield "landing_page"
        yield from (need for need in _parameters(scope) if need in scope.shape.generated)
    else:
        yield from (found["name"] for found in _PLACEHOLDER.finditer(template))


def _parameters(scope: Scope) -> list[str]:
    return [] if scope.shape.tracking is None else scope.shape.tracking.parameters


def _check_channels(scope: Scope) -> None:
    """Every channel has a medium, and every medium's channel is a word people may use."""
    if all(made.template != BY_CHANNEL for made in scope.shape.templates.values()) and not scope.shape.channels:
        return
    words = scope.shape.vocabularies.get("channel", {})
    for name in scope.shape.channels:
        if name not in words and not scope.findings.doubtful(("vocabularies", "channel", name)):
            scope.findings.report_unknown(("channels", name), name, "word of vocabularies.channel", words)
    for word in words:
        if word not in scope.shape.channels and not scope.findings.doubtful(("channels", word)):
            scope.findings.report(
                ("vocabularies", "channel", word), f"has no medium; add `{word}: {{medium: ...}}` to channels"
            )


def _check_tracking(scope: Scope, tracking: TrackingShape) -> None:
    where: Where = ("tracking", "parameters")
    for number, name in enumerate(tracking.parameters):
        _check_parameter(scope, (*where, number), name, tracking.parameters[:number])
    if not scope.findings.doubtful(where):
        missing = [name for name in INSEPARABLE if name not in tracking.parameters]
        if missing:
            scope.findings.report(
                where, f"lacks {', '.join(missing)}; analytics reads {', '.join(INSEPARABLE)} as one set"
            )
    if not tracking.hosts and not scope.findings.doubtful(("tracking", "hosts")):
        scope.findings.report(("tracking", "hosts"), "names no host, so every link would be withheld")
    for setting, hosts in (("hosts", tracking.hosts), ("short_hosts", tracking.short_hosts or [])):
        for number, host in enumerate(hosts):
            if not _makes_rules(hosts=(host,)):
                scope.findings.report(
                    ("tracking", setting, number), "is no host name; write www.brand.example or *.brand.example"
                )


def _check_parameter(scope: Scope, where: Where, name: str, before: list[str]) -> None:
    if not scope.knows_field(where, name):
        return
    if name in before:
        scope.findings.report(where, f"names '{name}' twice")
    elif not _makes_rules(parameters=tuple(dict.fromkeys((*INSEPARABLE, name)))):
        scope.findings.report(where, f"'{name}' is no utm_ parameter")
    elif not _supplied(scope, name):
        _report_unsupplied(scope, where, name)


def _makes_rules(parameters: tuple[str, ...] = INSEPARABLE, hosts: tuple[str, ...] = ()) -> bool:
    """The core knows best what it takes."""
    try:
        TrackingRules(parameters, hosts)
    except ValueError:
        return False
    return True
