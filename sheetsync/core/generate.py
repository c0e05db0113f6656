"""Values nobody types: ids, slugs, UTM values and tracking URLs, made from the owners' words by template.

A value is made only when every input is known, valid and undisputed; otherwise the reasons stand in its place.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from sheetsync.core.campaigns import CAMPAIGN_ID, registrars
from sheetsync.core.graph import Naming, Rules
from sheetsync.core.linking import channel_defects, page_defects
from sheetsync.core.naming import CODE, PLACEHOLDER, part
from sheetsync.core.tracking import Defect, bare, build
from sheetsync.core.tracking import Withheld as BlockedUrl
from sheetsync.core.tracking.urls import trimmed
from sheetsync.core.truth import Known, Truth, Truths, Unknown

BY_CHANNEL = "by_channel"
BY_TRACKING = "by_tracking"

_CHANNEL = "channel"
_PAGE = "landing_page"


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
        return self._filled(record, name)

    def speaks_of(self, name: str) -> frozenset[str]:
        """The sources whose words a field's value is made of, or whose word it is."""
        if name == CAMPAIGN_ID:
            return frozenset(registrars(self.rules))
        if name not in self.rules.templates:
            return frozenset(owner for owner in (self.rules.owners.get(name),) if owner is not None)
        return frozenset().union(*map(self.speaks_of, self.inputs(name)))

    def inputs(self, name: str) -> tuple[str, ...]:
        """The fields a generated value is made from, some of them generated themselves."""
        template = self.rules.templates[name]
        if template == BY_CHANNEL:
            return (_CHANNEL,)
        if template == BY_TRACKING:
            return (_PAGE, *self.rules.tracking.parameters, *((_CHANNEL,) if self._asks_for_channel else ()))
        return tuple(dict.fromkeys(found["name"] for found in PLACEHOLDER.finditer(template)))

    def words(self, name: str) -> frozenset[str]:
        """The fields, none of them generated, that a value is made from to the last."""
        if name not in self.rules.templates or name == CAMPAIGN_ID:
            return frozenset((name,))
        return frozenset().union(*map(self.words, self.inputs(name)))

    def made_of(self, record: str, name: str) -> Mapping[str, str]:
        """The owners' words, as canonical texts, that went into a value that was made; of its inputs to the last."""
        if name in self.rules.templates and name != CAMPAIGN_ID:
            return {one: said for need in self.inputs(name) for one, said in self.made_of(record, need).items()}
        said = self.truths.of(record, name)
        return {name: self.rules.fields[name].type.format(said.value)} if isinstance(said, Known) else {}

    def tagger(self, record: str) -> str:
        """Who puts the utm values on this record's link, where that is somebody else; "" for us."""
        if not self.rules.tagged_by:
            return ""
        channel = self.truths.of(record, _CHANNEL)
        word = str(channel.value) if isinstance(channel, Known) else self._channels_of_keys.get(record, "")
        return self.rules.tagged_by.get(word, "")

    @cached_property
    def _channels_of_keys(self) -> Mapping[str, str]:
        """The channel that a placement's own key names: its rows say the same there, or they were other placements."""
        return {
            item.key: str(word)
            for item in self.truths.matched.identified
            if _CHANNEL in self.rules.sources[item.record.source].key
            and (word := item.record.value(_CHANNEL)) is not None
        }

    @property
    def _asks_for_channel(self) -> bool:
        return bool(self.rules.tagged_by or self.rules.macros or self.rules.placed_on)

    def _medium(self, record: str) -> Truth:
        channel = self.truths.of(record, _CHANNEL)
        if isinstance(channel, Unknown):
            return channel
        medium = self.rules.media.get(str(channel.value))
        label = self.rules.fields[_CHANNEL].label
        if medium is None:
            about = self.speaks_of(_CHANNEL)
            return Unknown(f"no medium is configured for its {label}", str(channel.value), about)
        return Known(medium)

    # ---------------------------------------------------------------- names

    def _filled(self, record: str, name: str) -> Truth:
        template, naming = self.rules.templates[name], self.rules.namings.get(name, Naming())
        inputs = {need: self.value(record, need) for need in self.inputs(name)}
        if unknown := _unknown(inputs):
            return unknown
        known = {need: truth for need, truth in inputs.items() if isinstance(truth, Known)}
        parts = [(found["name"], found["format"] or "") for found in PLACEHOLDER.finditer(template)]
        texts = {(need, how): self._part(need, known[need], how, naming) for need, how in parts}
        if uncoded := [need for (need, how), text in texts.items() if not text and how == CODE]:
            return Unknown(f"no code is configured for its {self._labels(uncoded)}", sources=self._about(uncoded))
        if empty := list(dict.fromkeys(need for (need, how), text in texts.items() if not text)):
            return self._nothing_to_carry(empty)
        made = PLACEHOLDER.sub(lambda found: texts[found["name"], found["format"] or ""], template)
        if naming.max_length and len(made) > naming.max_length:
            label = self.rules.fields[name].label
            reason = f"{label} would be longer than {naming.max_length} characters"
            return Unknown(reason, f"{made} has {len(made)}", self.speaks_of(name))
        return Known(made)

    def _part(self, name: str, known: Known, how: str, naming: Naming) -> str:
        return part(self.rules.fields[name], known, how, naming, self.rules.codes.get(name, {}))

    def _nothing_to_carry(self, names: list[str]) -> Unknown:
        return Unknown(f"{self._labels(names)} has no letter or digit a link could carry", sources=self._about(names))

    def _labels(self, names: Iterable[str]) -> str:
        return " and ".join(self.rules.fields[name].label for name in names)

    def _about(self, names: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*map(self.speaks_of, names))

    # ---------------------------------------------------------------- links

    def _tracking_url(self, record: str) -> Truth:
        channel = {_CHANNEL: self.truths.of(record, _CHANNEL)} if self._asks_for_channel else {}
        if self.tagger(record):
            return self._bare_page(record)
        page = self.truths.of(record, _PAGE)
        inputs = {_PAGE: page} | {name: self.value(record, name) for name in self.rules.tracking.parameters}
        if unknown := _unknown(inputs | channel):
            return unknown
        values = {name: truth.value for name, truth in inputs.items() if isinstance(truth, Known)}
        utm = {name: self.rules.fields[name].type.format(values[name]) for name in self.rules.tracking.parameters}
        if invisible := [name for name, text in utm.items() if not trimmed(text)]:
            return self._nothing_to_carry(invisible)
        url = build(str(values[_PAGE]), utm, self.rules.tracking)
        return self._fit(url, str(values[_PAGE]), record, channel.get(_CHANNEL))

    def _bare_page(self, record: str) -> Truth:
        """Two taggers fight, so where somebody else tags a link carries nothing of ours."""
        page = self.truths.of(record, _PAGE)
        if isinstance(page, Unknown):
            return page
        url = bare(str(page.value), self.rules.tracking)
        return self._fit(url, str(page.value), record, None)

    def _fit(self, url: str | BlockedUrl, page: str, record: str, channel: Truth | None) -> Truth:
        """The link, unless it does not fit its campaign's hosts or its channel."""
        blocked = list(url.reasons) if isinstance(url, BlockedUrl) else []
        blocked += [one for one in page_defects(page, record, self.truths) if one.blocks and one not in blocked]
        about = self.speaks_of(_PAGE).union(*map(self.speaks_of, self.rules.hosts_of))
        if blocked:
            return _because("landing page", blocked, about)
        if isinstance(channel, Known) and (unfit := channel_defects(str(url), str(channel.value), self.rules)):
            return _because("link", unfit, about | self.speaks_of(_CHANNEL))
        return Known(str(url))


def _because(what: str, defects: Iterable[Defect], about: frozenset[str]) -> Unknown:
    kinds = "; ".join(dict.fromkeys(f"{what}: {one.kind.replace('_', ' ')}" for one in defects))
    return Unknown(kinds, "; ".join(one.detail for one in defects if one.detail), about)


def _unknown(inputs: Mapping[str, Truth]) -> Unknown | None:
    """All reasons at once, each told once."""
    missing = [truth for truth in inputs.values() if isinstance(truth, Unknown)]
    if not missing:
        return None
    reasons = "; ".join(dict.fromkeys(truth.reason for truth in missing))
    details = "; ".join(dict.fromkeys(truth.detail for truth in missing if truth.detail))
    return Unknown(reasons, details, frozenset().union(*(truth.sources for truth in missing)))
