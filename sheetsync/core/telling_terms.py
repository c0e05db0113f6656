"""The sentences about what a handoff's terms demand: what varies by channel, and the condition a copy is held under."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import assert_never

from sheetsync.core.flags import Flag, FlagKind
from sheetsync.core.graph import Rules
from sheetsync.core.telling import Told, flag_on, given_words, identified_by, quoted, rows_listed, while_words
from sheetsync.core.variation import Copied, NoRow, Row, Uniform, Unsaid
from sheetsync.core.violations import Word


def under(told: Told, given: Sequence[Word], rules: Rules) -> Told:
    """The same news, with the words of others under which it is any."""
    if not given:
        return told
    return replace(
        told,
        message=told.message + while_words(given, rules),
        discreet=told.discreet + given_words(given, rules),
        sources=told.sources | {word.owner for word in given},
    )


def variation_flags(broken: Iterator[Uniform], rules: Rules) -> Iterator[Flag]:
    """A flag for each row that breaks what should vary."""
    for one in broken:
        row = one.row
        severity = rules.severity_of(row.handoff, row.claim.field)
        told = under(_tell(one, rules), row.given, rules)
        is_copy, claim = isinstance(one, Copied), one.claim if isinstance(one, NoRow) else row.claim
        kind = FlagKind.VIOLATION if is_copy else FlagKind.MISSING_INPUT
        # Another row may come to be the first one, and several channels may be missing.
        subject = f"{row.item.campaign} {row.contract} {one.channel}" if isinstance(one, NoRow) else ""
        yield flag_on(claim, row.item.key, kind, told, severity, contract=row.contract, subject=subject)


def _tell(broken: Uniform, rules: Rules) -> Told:
    row = broken.row
    label = rules.fields[row.claim.field].label
    match broken:
        case Unsaid():
            text = f"{label} is missing here; it is another one in each channel, and this row is {row.channel}"
            return Told(text, _unsaid(label, row, rules), _whose_channel(row, rules))
        case NoRow(_, _, channel):
            text = f"this campaign has no row here for {channel}, which {label} must be said for"
            return Told(text, text, identified_by([row.item], rules))
        case Copied(_, alike):
            where = f"{alike[0].channel} ({rows_listed([other.claim.place for other in alike])})"
            text = f"{label} is {quoted(row.claim.raw)} here as in {where}; in each channel it is another one"
            rows = [row, *alike]
            about = frozenset[str]().union(*(_whose_channel(one, rules) for one in rows))
            return Told(
                text,
                f"{label} is the same in several channels of this campaign; in each it is another one",
                about | identified_by([one.item for one in rows], rules),
            )
        case _:
            assert_never(broken)


def _unsaid(label: str, row: Row, rules: Rules) -> str:
    named = f", and this row is {row.channel}" if not _whose_channel(row, rules) else ""
    return f"{label} is missing here; it is another one in each channel{named}"


def _whose_channel(row: Row, rules: Rules) -> frozenset[str]:
    """Who said in which channel a row is, where it does not itself."""
    by = getattr(row.handoff.contracts[row.claim.field], "by", "")
    own = row.item.record.value(by) is not None
    owner = rules.owners.get(by)
    return frozenset() if own or owner is None else frozenset((owner,))
