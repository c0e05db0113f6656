"""Values nobody types: ids, slugs, UTM values and tracking URLs, made from the owners' words by template.

A value is made only when every input is known, valid and undisputed; otherwise the reasons stand in its place.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sheetsync.core.campaigns import CAMPAIGN_ID, registrars
from sheetsync.core.graph import Rules
from sheetsync.core.model import Value
from sheetsync.core.tracking import Withheld as BlockedUrl
from sheetsync.core.tracking import build, slug
from sheetsync.core.tracking.urls import trimmed
from sheetsync.core.truth import Known, Truth, Truths, Unknown

BY_CHANNEL = "by_channel"
BY_TRACKING = "by_tracking"

#: what may stand behind a field in a template, beside a date's pattern: as written, in capitals, its word's code, cut
RAW: Final = "raw"
UPPER: Final = "upper"
CODE: Final = "code"
SHORT: Final = re.compile(r"\.([1-9]\d?)")

_PLACEHOLDER = re.compile(r"\{(?P<name>\w+)(?::(?P<format>[^}]*))?\}")


@dataclass(frozen=True)
class Generator:
    """Makes generated values for records; asks the owners for every input."""

    rules: Rules
    truths: Truths

    def value(self, record: str, name: str) -> Truth:
        """A field's value: made by its template where it has one, the owner's word otherwise."""
        template = self.rules.templates.get(name)
        if template is None or name == CAMPAIGN_ID:
            return self.truths.of(record, name)
        if template == BY_CHANNEL:
            return self._medium(record)
        if template == BY_TRACKING:
            return self._tracking_url(record)
        return self._filled(record, template)

    def speaks_of(self, name: str) -> frozenset[str]:
        """The sources whose words a field's value is made of, or whose word it is."""
        template = self.rules.templates.get(name)
        if name == CAMPAIGN_ID:
            return frozenset(registrars(self.rules))
        if template is None:
            return frozenset(owner for owner in (self.rules.owners.get(name),) if owner is not None)
        inputs = {
            BY_CHANNEL: ("channel",),
            BY_TRACKING: ("landing_page", *self.rules.tracking.parameters),
        }.get(template) or tuple(found["name"] for found in _PLACEHOLDER.finditer(template))
        return frozenset().union(*map(self.speaks_of, inputs))

    def _medium(self, record: str) -> Truth:
        channel = self.truths.of(record, "channel")
        if isinstance(channel, Unknown):
            return channel
        medium = self.rules.media.get(str(channel.value))
        label = self.rules.fields["channel"].label
        if medium is None:
            about = self.speaks_of("channel")
            return Unknown(f"no medium is configured for its {label}", str(channel.value), about)
        return Known(medium)

    def _filled(self, record: str, template: str) -> Truth:
        names = dict.fromkeys(found["name"] for found in _PLACEHOLDER.finditer(template))
        inputs = {name: self.value(record, name) for name in names}
        if unknown := _unknown(inputs):
            return unknown
        known = {name: truth.value for name, truth in inputs.items() if isinstance(truth, Known)}
        if empty := [name for name, value in known.items() if not self._part(name, value, "")]:
            return self._nothing_to_carry(empty)
        return Known(_PLACEHOLDER.sub(lambda m: self._part(m["name"], known[m["name"]], m["format"] or ""), template))

    def _nothing_to_carry(self, names: list[str]) -> Unknown:
        labels = " and ".join(self.rules.fields[name].label for name in names)
        about = frozenset().union(*map(self.speaks_of, names))
        return Unknown(f"{labels} has no letter or digit a link could carry", sources=about)

    def _part(self, name: str, value: Value, pattern: str) -> str:
        if isinstance(value, date) and pattern:
            return value.strftime(pattern)
        return slug(self.rules.fields[name].type.format(value))

    def _tracking_url(self, record: str) -> Truth:
        page = self.truths.of(record, "landing_page")
        inputs = {"landing_page": page} | {name: self.value(record, name) for name in self.rules.tracking.parameters}
        if unknown := _unknown(inputs):
            return unknown
        values = {name: truth.value for name, truth in inputs.items() if isinstance(truth, Known)}
        utm = {name: self.rules.fields[name].type.format(values[name]) for name in self.rules.tracking.parameters}
        if invisible := [name for name, text in utm.items() if not trimmed(text)]:
            return self._nothing_to_carry(invisible)
        url = build(str(values["landing_page"]), utm, self.rules.tracking)
        if isinstance(url, BlockedUrl):
            kinds = "; ".join(dict.fromkeys(f"landing page: {d.kind.replace('_', ' ')}" for d in url.reasons))
            details = "; ".join(defect.detail for defect in url.reasons if defect.detail)
            return Unknown(kinds, details, self.speaks_of("landing_page"))
        return Known(url)


def _unknown(inputs: Mapping[str, Truth]) -> Unknown | None:
    """All reasons at once, each told once."""
    missing = [truth for truth in inputs.values() if isinstance(truth, Unknown)]
    if not missing:
        return None
    reasons = "; ".join(dict.fromkeys(truth.reason for truth in missing))
    details = "; ".join(dict.fromkeys(truth.detail for truth in missing if truth.detail))
    return Unknown(reasons, details, frozenset().union(*(truth.sources for truth in missing)))
