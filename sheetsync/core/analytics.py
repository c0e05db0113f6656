"""Where analytics puts the links of a row, told at its source: nowhere at all, or elsewhere because of a name."""

from collections.abc import Iterator
from dataclasses import dataclass

from sheetsync.core.flags import Flag, FlagKind
from sheetsync.core.generate import Generator
from sheetsync.core.graph import Rules
from sheetsync.core.match import Identified
from sheetsync.core.model import Claim
from sheetsync.core.telling import Told, flag_on, quoted
from sheetsync.core.terms import Severity
from sheetsync.core.tracking import read
from sheetsync.core.tracking.ga4 import NOWHERE
from sheetsync.core.truth import Known

_SOURCE, _MEDIUM, _CAMPAIGN = "utm_source", "utm_medium", "utm_campaign"


@dataclass(frozen=True)
class Analytics:
    """The default channel group of each row's links, as far as it is news."""

    generator: Generator

    def flags(self, item: Identified) -> Iterator[Flag]:
        """Told in the sheet whose word counts for the source, where it can be put right."""
        rules = self.generator.rules
        claim = item.record.claims.get(_SOURCE)
        if not rules.ga4.rules or claim is None or rules.owners.get(_SOURCE) != item.record.source:
            return
        if (values := self._values(item.key)) is None:
            return
        source, medium, campaign = values
        group, alone = rules.ga4.group(*values), rules.ga4.group_without_campaign(source, medium)
        about = frozenset().union(*map(self.generator.speaks_of, (_MEDIUM, _CAMPAIGN))) - {item.record.source}
        label = rules.fields[_SOURCE].label
        if group in NOWHERE:
            told = Told(
                f"{label} {quoted(source)} with the medium {quoted(medium)}: GA4 puts these visits into {group}",
                f"{label} does not go with its medium: GA4 does not know where to put these visits",
                about,
            )
            yield self._flag(claim, item, told, Severity.MEDIUM)
        elif group != alone:
            told = Told(
                f"the name {quoted(campaign)} moves these visits from {alone} to {group} in GA4",
                "the campaign's name moves these visits into another channel of GA4",
                about,
            )
            yield self._flag(claim, item, told, Severity.LOW)

    def _flag(self, claim: Claim, item: Identified, told: Told, severity: Severity) -> Flag:
        return flag_on(claim, item.key, FlagKind.URL_DEFECT, told, severity)

    def _values(self, record: str) -> tuple[str, str, str] | None:
        """Source, medium and campaign of a link that is tagged by us; None where one is not known."""
        if self.generator.tagger(record):
            return None
        texts = []
        for name in (_SOURCE, _MEDIUM, _CAMPAIGN):
            if name not in self.generator.rules.fields:
                return None
            said = self.generator.value(record, name)
            if not isinstance(said, Known):
                return None
            texts.append(self.generator.rules.fields[name].type.format(said.value))
        return texts[0], texts[1], texts[2]


def group_of_link(url: str, rules: Rules) -> str | None:
    """The default channel group of a link by what it carries; None for one without a source or a medium."""
    tags = read(url)
    if not rules.ga4.rules or not (tags.get(_SOURCE) and tags.get(_MEDIUM)):
        return None
    return rules.ga4.group(tags[_SOURCE], tags[_MEDIUM], tags.get(_CAMPAIGN, ""))
