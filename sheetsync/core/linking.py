"""What a campaign and a channel make of an address: whose hosts it may stand on, whose macros and tags it may carry."""

from collections.abc import Iterator

from sheetsync.core.graph import Rules
from sheetsync.core.tracking import Defect, inspect
from sheetsync.core.tracking.placed import internal_link, other_host, worst_first, wrong_macros
from sheetsync.core.truth import Known, Truths


def page_defects(url: str, record: str, truths: Truths) -> tuple[Defect, ...]:
    """Everything wrong with a page of this record's campaign, worst first."""
    found = inspect(url, truths.rules.tracking)
    others = [one for name in truths.rules.hosts_of for one in _other_host(url, record, name, truths)]
    return worst_first([*found, *others]) if others else found


def _other_host(url: str, record: str, name: str, truths: Truths) -> Iterator[Defect]:
    """Where the campaign's brand, or region, is known, its page stands on one of its hosts."""
    said = truths.of(record, name)
    if isinstance(said, Known):
        words, field = truths.rules.hosts_of[name], truths.rules.fields[name]
        values = [(one,) for one in said.value] if isinstance(said.value, tuple) else [said.value]
        own = [
            host for word, hosts in words.items() if any(field.means(it, (word,)) for it in values) for host in hosts
        ]
        yield from other_host(url, own, [host for hosts in words.values() for host in hosts if host not in own])


def channel_defects(url: str, channel: str, rules: Rules) -> tuple[Defect, ...]:
    """What is wrong with a link in this channel only, worst first."""
    macros = wrong_macros(url, rules.macros[channel]) if channel in rules.macros else ()
    return worst_first([*macros, *internal_link(url, rules.placed_on.get(channel, ()))])
