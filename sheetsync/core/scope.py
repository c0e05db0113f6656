"""What a run may write about: everything, the workbook of one source, or one campaign. Reading knows no scope."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sheetsync.core.lookup import scoped_key
from sheetsync.core.managed import Desired, Line, in_our_tab, row_label
from sheetsync.core.match import Identified, Matched
from sheetsync.core.model import Workbook
from sheetsync.core.truth import campaign_of
from sheetsync.errors import UsageError

About = tuple[str, str]
"""What a line is known by: its key, or where it has none the row in its own words."""


@dataclass(frozen=True, slots=True)
class Scope:
    """At most one of both is named; without either the scope is everything."""

    source: str = ""
    #: a campaign's id, in any case
    campaign: str = ""

    def covers(self, sources: Iterable[str]) -> bool:
        """Whether anything may be written for these sources of one workbook."""
        return not self.source or self.source in sources

    def concerns(self, record: str) -> bool:
        """Whether what is said about a record may be written and counts as agreed from now on."""
        return not self.campaign or campaign_of(record).casefold() == self.campaign.casefold()

    def check(self, matched: Matched) -> None:
        """Raises `UsageError` where no row is about the campaign."""
        if self.campaign and not any(self.concerns(item.key) for item in _items(matched)):
            raise UsageError(
                f"no source and no campaign is called {self.campaign!r}.", "`sheetsync status` names what is known."
            )

    def lines(self, matched: Matched) -> frozenset[About]:
        """What the lines of all rows are known by that this is about, whether they have one or not."""
        records = [item.record for item in _items(matched) if self.concerns(item.key)]
        keyed = ((scoped_key(record.source, record.address), "") for record in records)
        return frozenset([*keyed, *(("", row_label(record)) for record in records)])


def _items(matched: Matched) -> Iterable[Identified]:
    yield from matched.identified
    for rows in matched.duplicates:
        yield from rows


def renewed(whole: Desired, concerned: frozenset[About], workbook: Workbook) -> Desired:
    """`whole` with only the concerned lines renewed: every other line of our tab stays as it stands there."""
    standing = {_about(line): line for line in in_our_tab(workbook)}
    lines = [line if _about(line) in concerned else standing.get(_about(line)) for line in whole.lines]
    known = concerned | {_about(line) for line in whole.lines}
    left = [line for about, line in standing.items() if about not in known]
    return replace(whole, lines=tuple([line for line in lines if line is not None] + left))


def _about(line: Line) -> About:
    return line.key, "" if line.key else line.row


#: no limit to what may be written about
EVERYTHING = Scope()
