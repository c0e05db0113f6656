"""The sentences about approvals: one for those who may see everything, one for readers who see only names."""

from dataclasses import replace

from sheetsync.core.approvals import Stale
from sheetsync.core.contradictions import Contradiction
from sheetsync.core.flags import Flag, FlagKind
from sheetsync.core.graph import Rules
from sheetsync.core.telling import Told, flag_on, quoted


def stale_flag(one: Stale, rules: Rules) -> Flag:
    """A covered field that the approving row says nothing of, told at its state."""
    kind = rules.fields[one.field].type
    now = kind.format(one.owner.value)
    label, owner = rules.fields[one.field].label, rules.sources[one.owner_source].title
    told = Told(
        f"{label} was {quoted(one.approved)} when this was approved; {owner} (owner) says {now} now",
        f"{label} has changed in {owner} since this was approved",
        frozenset((one.owner_source,)),
    )
    flag = flag_on(
        one.copy,
        one.record,
        FlagKind.STALE_APPROVAL,
        told,
        rules.severity(one.field),
        found=one.approved,
        expected=now,
        owner=one.owner_source,
        contract=one.contract,
        # Two approvals of one row may both cover it.
        subject=f"{one.record} {one.contract}",
    )
    return replace(flag, field=one.field)


def contradiction_flag(one: Contradiction, rules: Rules) -> Flag:
    """A cell that says something else than the approver it speaks for."""
    approver, state = rules.sources[one.approval.source].title, rules.fields[one.approval.state]
    label, says = rules.fields[one.claim.field].label, state.type.format(one.said.value)
    told = Told(
        f"{label} is {quoted(one.claim.raw)} here; {approver}, who gives it, says {says}",
        f"{label} contradicts {approver}, who gives it",
        frozenset((one.approval.source,)),
    )
    return flag_on(
        one.claim,
        one.item.key,
        FlagKind.CONTRADICTION,
        told,
        rules.severity(one.claim.field),
        expected=says,
        owner=one.approval.source,
        contract=one.contract,
        subject=f"{one.item.key} {one.contract}",
    )
