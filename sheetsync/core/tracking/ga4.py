"""Where Google Analytics 4 puts a link: its default channel group, computed from source, medium and campaign.

The rules and the lists of known sources are data, dated and overridable (`config/ga4.yaml`); here only stands how they
are read: in order, the first rule that holds wins. Case does not count in them, as Google says of these definitions.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final

#: what no rule takes
UNASSIGNED: Final = "Unassigned"
#: paid, but nobody can say what for
PAID_OTHER: Final = "Paid Other"
#: groups in which a campaign's visits are as good as lost
NOWHERE: Final = (UNASSIGNED, PAID_OTHER)


@dataclass(frozen=True, slots=True)
class Case:
    """One way to fulfil a rule: everything that is said here holds. "" says nothing."""

    #: the kind of source that it is listed as
    listed: str = ""
    #: patterns, each for the whole of its value
    source: str = ""
    medium: str = ""
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """A channel group, and the cases in which a visit belongs to it: any of them will do."""

    group: str
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Ga4:
    """The default channel groups as of a day."""

    rules: tuple[ChannelRule, ...] = ()
    #: source, lower case -> the kind it is listed as; one that is not listed is of no kind, and only medium and
    #: campaign decide about it
    kinds: Mapping[str, str] = field(default_factory=dict)
    dated: date = date.min

    def group(self, source: str, medium: str, campaign: str) -> str:
        """The group of a visit with these utm values, `UNASSIGNED` where no rule takes it."""
        return next(
            (rule.group for rule in self.rules if any(self._is(case, source, medium, campaign) for case in rule.cases)),
            UNASSIGNED,
        )

    def group_without_campaign(self, source: str, medium: str) -> str:
        """The group that source and medium alone would give."""
        return self.group(source, medium, "")

    def _is(self, case: Case, source: str, medium: str, campaign: str) -> bool:
        if case.listed and self.kinds.get(source.strip().lower()) != case.listed:
            return False
        asked = ((case.source, source), (case.medium, medium), (case.campaign, campaign))
        return all(not pattern or _pattern(pattern).fullmatch(value.strip()) for pattern, value in asked)


#: nothing is said about channel groups
NO_GROUPS: Final = Ga4()


@lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE | re.DOTALL)
