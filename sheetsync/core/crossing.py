"""What crosses a handoff, and everything its state rests on: as it is configured, whatever the sheets say."""

from itertools import chain
from typing import Final

from sheetsync.core.campaigns import registrars
from sheetsync.core.generate import BY_TRACKING
from sheetsync.core.graph import Handoff, Rules, status_field
from sheetsync.core.model import Entity
from sheetsync.core.terms import Contract, VariesBy, held_to

_PAGE: Final = "landing_page"


def crossing(handoff: Handoff, rules: Rules) -> tuple[str, ...]:
    """The fields whose words cross a handoff: those copied, those others are held to, the page a link is made of."""
    names: list[str] = []
    for name, terms in handoff.contracts.items():
        if terms is Contract.EQUAL:
            names.append(name)
        elif terms is Contract.GENERATED and rules.templates.get(name) == BY_TRACKING:
            names.append(_PAGE)
        elif isinstance(terms, VariesBy):
            names += terms.when
        else:
            names += held_to(terms)
    return tuple(dict.fromkeys(names))


def copied_in(name: str, rules: Rules) -> tuple[str, ...]:
    """The sources whose copies of a field are compared with their owner."""
    receivers = (it.receiver for it in rules.handoffs if it.contracts.get(name) is Contract.EQUAL)
    return tuple(dict.fromkeys(receivers))


def receivers_beside(handoff: Handoff, rules: Rules) -> tuple[str, ...]:
    """The receivers of which one is enough: those that some rows are due in together, this one among them."""
    together = [due.receivers for due in rules.rows_due if handoff.receiver in due.receivers]
    return tuple(dict.fromkeys((handoff.receiver, *chain.from_iterable(together))))


def rests_on(handoff: Handoff, rules: Rules) -> frozenset[str]:
    """Every source that may change the state of a handoff: if one of them is not read, no state of it changes."""
    ready, fields = handoff.ready_when, set(crossing(handoff, rules))
    sources = {handoff.giver, *receivers_beside(handoff, rules), *registrars(rules)}
    fields |= {status_field(of) for of in Entity} | {name for due in rules.rows_due for name in due.which}
    if ready is not None:
        fields |= {*ready.agree, *ready.filled, *ready.says, *ready.production}
        sources.update(chain.from_iterable(copied_in(name, rules) for name in ready.agree))
        if ready.production:
            fields |= rules.hosts_of.keys()
        for approval in rules.approvals:
            if approval.name in ready.approved:
                sources.add(approval.source)
                fields |= set(approval.covers)
    return frozenset(sources | {rules.owners[name] for name in fields if name in rules.owners})
