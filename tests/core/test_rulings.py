"""Laws of rulings: while one is in force all is as if the owner had typed what was decided, no more and no less."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from sheetsync.core.as_if import as_if
from sheetsync.core.contracts import compare
from sheetsync.core.decide import Decisions, decide
from sheetsync.core.disputes import Dispute
from sheetsync.core.flags import FlagKind
from sheetsync.core.graph import Rules
from sheetsync.core.judging import judge
from sheetsync.core.making import Past
from sheetsync.core.match import Matched, match
from sheetsync.core.matters import CHOICES, KEEP_A, MAY_DIFFER
from sheetsync.core.model import Place, Snapshot, Value
from sheetsync.core.record_fields import RecordField
from sheetsync.core.rulings import End, Ruling, bases, exempting, in_force
from sheetsync.core.truth import Truths
from tests.core.agreement import TODAY
from tests.core.lives import APPROVING, GROUPED, RULES, SOURCES, Row, row
from tests.core.ruling_worlds import NOW, Baselines, all_but_words, as_typed, conflicts, court, typed, world

#: every choice that says what holds
DECIDING = tuple(it for it in CHOICES if it != MAY_DIFFER)
CODES = ("A10", "B20", "C30", "D40")
DAYS = tuple(date(2026, 12, day) for day in (1, 5, 9, 13))
VALUES: Mapping[str, Sequence[Value]] = {"promo_code": CODES, "flight_start": DAYS, "flight_end": DAYS}
KINDS = {
    "plain": RULES,
    "grouped": GROUPED,
    "approving": APPROVING,
    "grouped and approving": replace(GROUPED, approvals=APPROVING.approvals),
}
COPIES = ("pages", "legal", "mails")
#: field -> value, or nothing
Said = Mapping[str, Value | None]


# ---------------------------------------------------------------- one company


@dataclass(frozen=True)
class Company:
    """What each says of the terms, and what each copy last agreed on with the owner."""

    kind: str
    says: Mapping[str, Said]
    agreed: Mapping[str, Said]
    legal: str | None = None

    @property
    def rules(self) -> Rules:
        return KINDS[self.kind]

    @property
    def matched(self) -> Matched:
        rows: dict[str, Row] = {
            source.name: {"campaign_id": "NL-1", **self.says.get(source.name, {})} for source in SOURCES
        }
        rows["mails"] |= {"channel": "email", "slot": "hero"}
        rows["legal"] |= {"legal_decision": self.legal}
        read = [
            Snapshot(name, Place(name, f"sheet of {name}", name, 7), (row(name, 1, said, self.rules),))
            for name, said in rows.items()
        ]
        return match(read, self.rules, {}, 0)

    @property
    def baselines(self) -> Baselines:
        return {
            (copy, record_in(copy), name): self.rules.fields[name].type.format(value)
            for copy, said in self.agreed.items()
            for name, value in said.items()
            if value is not None
        }


def record_in(source: str) -> str:
    return "NL-1 / email / hero" if source == "mails" else "NL-1"


def _said(blanks: bool) -> st.SearchStrategy[Said]:
    some = {name: st.sampled_from([*values, *([None] if blanks else [])]) for name, values in VALUES.items()}
    return st.fixed_dictionaries(some)


companies = st.builds(
    Company,
    st.sampled_from([*KINDS]),
    st.fixed_dictionaries(dict.fromkeys(("briefs", *COPIES), _said(blanks=False))),
    st.fixed_dictionaries(dict.fromkeys(COPIES, _said(blanks=True))),
    st.sampled_from([None, "approved"]),
)


def anew(dispute: Dispute, rules: Rules, data: st.DataObject) -> str:
    """Words for a custom value: one of each field's."""
    of = {name: data.draw(st.sampled_from(VALUES[name]), label=name) for name in dispute.fields}
    words = {name: rules.fields[name].type.format(value) for name, value in of.items()}
    return (
        "; ".join(f"{name} = {text}" for name, text in words.items()) if len(words) > 1 else next(iter(words.values()))
    )


def ruling_on(dispute: Dispute, company: Company, before: Decisions, data: st.DataObject, *choices: str) -> Ruling:
    """Somebody's decision that counts."""
    choice = data.draw(st.sampled_from(choices or DECIDING), label="decision")
    one = typed(dispute, choice, anew(dispute, company.rules, data))
    [judged] = judge([one], court(company.rules, company.matched, before))
    assume(judged.ruling is not None)
    assert judged.ruling is not None
    return judged.ruling


def disputed(company: Company, data: st.DataObject) -> tuple[Decisions, Dispute]:
    before = world(company.matched, company.rules, company.baselines)
    asked = conflicts(before)
    assume(asked)
    return before, data.draw(st.sampled_from(asked), label="dispute")


# ---------------------------------------------------------------- the laws


@given(companies, st.data())
@settings(max_examples=150)
def test_a_ruling_is_the_owner_having_typed_it(company: Company, data: st.DataObject) -> None:
    before, dispute = disputed(company, data)
    ruling = ruling_on(dispute, company, before, data)
    event(f"{ruling.verdict}, {len(ruling.holds)} fields")
    matched, agreed = as_typed(company.matched, company.rules, company.baselines, ruling)
    after = world(company.matched, company.rules, company.baselines, [ruling])
    assert all_but_words(after) == all_but_words(world(matched, company.rules, agreed))
    assert {it.claim.field for it in after.rulings.owed} == {
        name for name in ruling.holds if ruling.holds[name] != ruling.saw_a[name]
    }


@given(companies, st.data())
@settings(max_examples=150)
def test_once_the_owner_moves_on_all_is_as_if_what_was_decided_had_been_typed_before(
    company: Company, data: st.DataObject
) -> None:
    before, dispute = disputed(company, data)
    ruling, rules = ruling_on(dispute, company, before, data), company.rules
    ruled = world(company.matched, rules, company.baselines, [ruling])
    there, agreed = as_typed(company.matched, rules, company.baselines, ruling)
    once_typed = world(there, rules, agreed)

    name = data.draw(st.sampled_from(dispute.fields), label="field")
    value = data.draw(st.sampled_from(VALUES[name]), label="the owner's next word")
    assume(rules.fields[name].type.format(value) not in (ruling.holds[name], ruling.saw_a[name]))
    # Of a group the rest is what the decision left it at: its people have followed it there.
    followed = {key: value for key, value in ruled.rulings.words.items() if key[2] != name}
    later = as_if(company.matched, followed | {("briefs", ruling.about, name): value}, rules)
    assert [one.end for one in in_force([ruling], later, rules, NOW).ended] == [End.MOVED_ON]
    now = world(later, rules, {**company.baselines, **bases([ruling]), **dict(ruled.agreed.items())})
    assert all_but_words(now) == all_but_words(world(later, rules, {**agreed, **dict(once_typed.agreed.items())}))


@given(companies, st.data())
def test_keeping_a_generates_what_is_generated_where_there_is_no_dispute(company: Company, data: st.DataObject) -> None:
    before, dispute = disputed(company, data)
    rules, agreed = company.rules, company.baselines
    after = all_but_words(world(company.matched, rules, agreed, [ruling_on(dispute, company, before, data, KEEP_A)]))
    same = {(dispute.b.source, dispute.record, name): text for name, text in dispute.a.says.items()}
    undisputed = all_but_words(world(as_if(company.matched, _values(same, rules), rules), rules, agreed))
    assert [after[it] for it in ("generated", "withheld", "issued")] == [
        undisputed[it] for it in ("generated", "withheld", "issued")
    ]


def _values(texts: Mapping[RecordField, str], rules: Rules) -> Mapping[RecordField, Value]:
    return {key: rules.fields[key[2]].type.read(text) for key, text in texts.items()}


@given(companies, st.data())
def test_what_is_decided_of_a_group_is_decided_of_all_that_moved_in_it_or_not_at_all(
    company: Company, data: st.DataObject
) -> None:
    before, dispute = disputed(company, data)
    assume(dispute.group)
    words = anew(dispute, company.rules, data)
    kept = data.draw(st.sets(st.sampled_from(dispute.fields)), label="typed")
    some = (
        "; ".join(part for part in words.split("; ") if part.split(" = ")[0] in kept)
        if len(dispute.fields) > 1
        else words
    )
    choice = data.draw(st.sampled_from(DECIDING))
    [judged] = judge([typed(dispute, choice, some)], court(company.rules, company.matched, before))
    if judged.ruling is None:
        assert judged.said
        return
    assert tuple(judged.ruling.holds) == dispute.fields or set(judged.ruling.holds) == set(dispute.fields)
    after = world(company.matched, company.rules, company.baselines, [judged.ruling])
    cells = {(one.place.source, one.record, one.field): one for one in after.flags}
    for name, text in judged.ruling.holds.items():
        flag = cells.get((dispute.b.source, dispute.record, name))
        assert (flag is None) == (dispute.b.says[name] == text)
        assert flag is None or flag.kind is not FlagKind.CONFLICT


@given(companies, st.data())
def test_both_may_differ_up_to_the_last_day_and_not_a_day_longer(company: Company, data: st.DataObject) -> None:
    before, dispute = disputed(company, data)
    until = TODAY + timedelta(days=data.draw(st.integers(0, 9), label="days"))
    one = typed(dispute, MAY_DIFFER, until=until.isoformat())
    [judged] = judge([one], court(company.rules, company.matched, before))
    assert judged.ruling is not None
    there = {(dispute.b.source, dispute.record, name) for name in dispute.fields}
    for days in (0, (until - TODAY).days):
        said = world(company.matched, company.rules, company.baselines, [judged.ruling], NOW + timedelta(days=days))
        # A stale approval is not about the copy being another, but about a yes that was given for something else.
        flags = [one for one in said.flags if one.kind in (FlagKind.CONFLICT, FlagKind.DIFFERENCE)]
        assert there.isdisjoint((one.place.source, one.record, one.field) for one in flags)
        assert said.rulings.words == {}
    late = NOW + timedelta(days=(until - TODAY).days + 1)
    force = in_force([judged.ruling], company.matched, company.rules, late)
    assert [one.end for one in force.ended] == [End.EXPIRED]
    over = world(company.matched, company.rules, company.baselines, [judged.ruling], late)
    assert all_but_words(over) == all_but_words(world(company.matched, company.rules, company.baselines, (), late))


# ---------------------------------------------------------------- several at once


def several(company: Company, data: st.DataObject) -> list[Ruling]:
    """What people decided one after the other, each about what the decisions before have left."""
    taken: list[Ruling] = []
    for number in range(data.draw(st.integers(1, 4), label="decisions")):
        before = world(company.matched, company.rules, company.baselines, taken)
        asked = [one for one in before.disputes if one.id not in {it.matter for it in before.rulings.rulings}]
        if not asked:
            break
        dispute = data.draw(st.sampled_from(asked), label="dispute")
        choice = data.draw(st.sampled_from(CHOICES), label="decision")
        at = replace(
            court(company.rules, company.matched, before), now=NOW + timedelta(minutes=number), run=f"run {number}"
        )
        [judged] = judge([typed(dispute, choice, anew(dispute, company.rules, data))], at)
        taken += [judged.ruling] if judged.ruling is not None else []
    return taken


@given(companies, st.data())
def test_neither_the_order_of_rows_nor_that_of_sources_decides_which_rulings_hold(
    company: Company, data: st.DataObject
) -> None:
    rulings = several(company, data)
    assume(rulings)
    matched = company.matched
    there = in_force(rulings, matched, company.rules, NOW)
    other = replace(matched, identified=tuple(data.draw(st.permutations(matched.identified), label="rows")))
    names = data.draw(st.permutations([*company.rules.sources]), label="sources")
    rules = replace(company.rules, sources={name: company.rules.sources[name] for name in names})
    again = in_force(rulings, other, rules, NOW)
    assert (again.rulings, again.ended, again.words) == (there.rulings, there.ended, there.words)
    assert {key: value for key, (_, value) in again.copies.items()} == {
        key: it for key, (_, it) in there.copies.items()
    }


@given(companies, st.data())
def test_a_ruling_that_has_ended_changes_nothing(company: Company, data: st.DataObject) -> None:
    rulings = several(company, data)
    assume(rulings)
    end = data.draw(st.sampled_from(End))
    over = [replace(one, end=end, ended=NOW) for one in rulings]
    plain = world(company.matched, company.rules, company.baselines)
    ended = decide_ended(company, over)
    assert (ended.rulings.words, ended.rulings.copies, ended.rulings.owed, ended.rulings.ended) == ({}, {}, (), ())
    assert all_but_words(ended) == all_but_words(plain)


def decide_ended(company: Company, over: Sequence[Ruling]) -> Decisions:
    rules = exempting(company.rules, over, TODAY)
    force = in_force(over, company.matched, rules, NOW)
    truths = Truths(rules, as_if(company.matched, force.words, rules), {})
    return decide(compare(truths), truths, Past(TODAY, dict(company.baselines), rulings=force))


@given(companies, st.data())
def test_whatever_is_decided_one_after_the_other_an_owners_field_has_one_ruled_value(
    company: Company, data: st.DataObject
) -> None:
    rulings = several(company, data)
    assume(len(rulings) > 1)
    force = in_force(rulings, company.matched, company.rules, NOW)
    held: dict[RecordField, set[str]] = {}
    for one in force.rulings:
        for name, text in one.holds.items():
            held.setdefault((one.giver, one.about, name), set()).add(text)
    assert all(len(texts) == 1 for texts in held.values())
    event(f"{len(force.rulings)} hold, {len(force.ended)} ended")
    # Those that hold, taken anew, say the same.
    assert in_force(force.rulings, company.matched, company.rules, NOW).words == force.words
    # And what is decided does not depend on how often it is looked at.
    after = world(company.matched, company.rules, company.baselines, rulings)
    once = world(company.matched, company.rules, company.baselines, force.rulings)
    agreed = {key: text for key, text in bases(rulings).items() if key not in bases(force.rulings)}
    assert agreed or all_but_words(after) == all_but_words(once)
