"""What a flag's contract demands, in a sentence for people: a team's own where it wrote one, else made of its terms."""

from typing import Final

from sheetsync.core.graph import Handoff, Rules
from sheetsync.core.terms import Contract, VariesBy
from sheetsync.faces.terms import condition_words, contract_words, readiness_words, rows_due_text, tolerance_text

_APPROVALS: Final = "approvals"
#: what stands where a field's name does in the id of what a handoff demands before it may be taken
READY: Final = "ready_when"

_SENTENCES = {
    Contract.EQUAL: "{label} in {receiver} must be what {owner} says, in any spelling",
    Contract.GENERATED: "{label} in {receiver} is made by sheetsync and never typed",
    Contract.HUMAN_ONLY: "{label} is a person's word in {giver} and in {receiver}: remembered, never compared",
}


def contract_sentence(rules: Rules, giver: str, receiver: str, field: str) -> str:
    """What one handoff demands of one field, in a sentence; empty where it demands nothing."""
    handoff = next((it for it in rules.handoffs if (it.giver, it.receiver) == (giver, receiver)), None)
    if handoff is not None and field == READY and handoff.ready_when is not None:
        takes, gives = rules.sources[receiver].title, rules.sources[giver].title
        return f"{takes} may build on {gives} once {readiness_words(handoff.ready_when)}"
    if handoff is None or field not in handoff.contracts:
        return ""
    return handoff.fine_print(field).sentence or _made(rules, handoff, field)


def _made(rules: Rules, handoff: Handoff, field: str) -> str:
    terms, label = handoff.contracts[field], rules.fields[field].label
    receiver = rules.sources[handoff.receiver].title
    if isinstance(terms, Contract):
        return _word_sentence(rules, handoff, field, terms) + _beside_word(handoff, field)
    if isinstance(terms, VariesBy):
        by = rules.fields[terms.by].label.lower()
        text = f"{label} in {receiver} is said in each row"
        text += "" if terms.copies_allowed else f", and no {by} has it from another one"
        text += f"; each campaign there has rows for {' and '.join(terms.every)}" if terms.every else ""
        return text + (f", where {condition_words(terms.when)}" if terms.when else "")
    return f"{label} in {receiver} must be {_without_severity(contract_words(handoff, field))}"


def _word_sentence(rules: Rules, handoff: Handoff, field: str, terms: Contract) -> str:
    owner, giver = rules.owners.get(field), rules.sources[handoff.giver].title
    return _SENTENCES[terms].format(
        label=rules.fields[field].label,
        giver=giver,
        receiver=rules.sources[handoff.receiver].title,
        owner=rules.sources[owner].title if owner else f"{giver} says (nobody owns it)",
    )


def _beside_word(handoff: Handoff, field: str) -> str:
    small = handoff.fine_print(field)
    text = f", {tolerance_text(small.tolerance)} apart is fine" if small.tolerance is not None else ""
    return text + (f", where {condition_words(small.when)}" if small.when else "")


def _without_severity(words: str) -> str:
    return words.partition(" [")[0]


def sentence_of(rules: Rules, name: str) -> str:
    """The same for a contract by the name flags carry: a handoff's field, rows that are due, or an approval."""
    if name.startswith(_APPROVALS + "."):
        _, approval, *fields = name.split(".", 2)
        if not fields:
            return f"approval {approval}: what repeats it must say what {_approver(rules, approval)} says, or nothing"
        [field] = fields
        return f"approval {approval}: {rules.fields[field].label} must still be what was approved"
    if due := next((due for due in rules.rows_due if due.id == name), None):
        return rows_due_text(due)
    handoff, _, field = name.rpartition(".")
    giver, _, receiver = handoff.partition("->")
    return contract_sentence(rules, giver, receiver, field)


def _approver(rules: Rules, name: str) -> str:
    titles = (rules.sources[one.source].title for one in rules.approvals if one.name == name)
    # A flag may be older than the configuration.
    return next(titles, "whoever gives it")
