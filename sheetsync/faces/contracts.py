"""What a flag's contract demands, in a sentence for people."""

from sheetsync.core.graph import Rules
from sheetsync.core.terms import Contract
from sheetsync.faces.terms import rows_due_text, terms_words

_APPROVALS = "approvals"

_SENTENCES = {
    Contract.EQUAL: "{label} in {receiver} must be what {owner} says, in any spelling",
    Contract.GENERATED: "{label} in {receiver} is made by sheetsync and never typed",
    Contract.HUMAN_ONLY: "{label} is a person's word in {giver} and in {receiver}: remembered, never compared",
}


def contract_sentence(rules: Rules, giver: str, receiver: str, field: str) -> str:
    """What one handoff demands of one field, in a sentence; empty where it demands nothing."""
    handoff = next((it for it in rules.handoffs if (it.giver, it.receiver) == (giver, receiver)), None)
    if handoff is None or field not in handoff.contracts:
        return ""
    terms = handoff.contracts[field]
    owner = rules.owners.get(field)
    names = {
        "label": rules.fields[field].label,
        "giver": rules.sources[giver].title,
        "receiver": rules.sources[receiver].title,
        "owner": rules.sources[owner].title if owner else f"{rules.sources[giver].title} says (nobody owns it)",
    }
    if isinstance(terms, Contract):
        return _SENTENCES[terms].format(**names)
    return f"{names['label']} in {names['receiver']} must be {terms_words(terms)}"


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
