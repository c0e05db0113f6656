"""A contract in words: the only place that knows how contracts are made, so that all commands say the same."""

from sheetsync.core.graph import Contract, Rules

_SENTENCES = {
    Contract.EQUAL: "{label} in {receiver} must be what {owner} says, in any spelling",
    Contract.GENERATED: "{label} in {receiver} is made by sheetsync and never typed",
    Contract.HUMAN_ONLY: "{label} is a person's word in {giver} and in {receiver}: remembered, never compared",
}


def contract_words(contract: Contract) -> str:
    """A contract in as few words as it takes."""
    return str(contract).replace("_", " ")


def contract_sentence(rules: Rules, giver: str, receiver: str, field: str) -> str:
    """What one handoff demands of one field, in a sentence; empty where it demands nothing."""
    handoff = next((it for it in rules.handoffs if (it.giver, it.receiver) == (giver, receiver)), None)
    if handoff is None or field not in handoff.contracts:
        return ""
    contract = handoff.contracts[field]
    owner = rules.owners.get(field)
    names = {
        "label": rules.fields[field].label,
        "giver": rules.sources[giver].title,
        "receiver": rules.sources[receiver].title,
        "owner": rules.sources[owner].title if owner else f"{rules.sources[giver].title} says (nobody owns it)",
    }
    return _SENTENCES.get(contract, "{label}, {giver} to {receiver}: " + contract_words(contract)).format(**names)


def sentence_of(rules: Rules, name: str) -> str:
    """The same for a contract by the name flags carry: "briefs->landing.flight_end"."""
    handoff, _, field = name.rpartition(".")
    giver, _, receiver = handoff.partition("->")
    return contract_sentence(rules, giver, receiver, field)
