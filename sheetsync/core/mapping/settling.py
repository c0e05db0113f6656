"""Headers that may name several fields, and fields that several headers name: settled by what stands around them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from sheetsync.core.fields.texts import bare, quote
from sheetsync.core.mapping.choices import Choice, Seen, label
from sheetsync.core.mapping.expected import Fit, fit, speaks_for
from sheetsync.core.mapping.profile import Trait
from sheetsync.core.mapping.words import CHANNEL, listed
from sheetsync.core.model import Entity

#: one word for the state of three things
_STATUSES: Final = {"campaign": "campaign_status", "placement": "placement_status", "page": "page_status"}
#: what a bare "Status" beside a column of this field speaks of; beside all others, of what the row is
_SPEAKS_OF: Final = {
    **dict.fromkeys(
        ("campaign_id", "campaign_name", "partner", "offer", "promo_code", "price", "utm_campaign"), "campaign"
    ),
    **dict.fromkeys(("slot", "channel", "platform", "subject", "send_time", "creative", "utm_content"), "placement"),
    **dict.fromkeys(("placement_budget", "tracking_url", "placement_status"), "placement"),
    **dict.fromkeys(("landing_page", "page_status"), "page"),
    **dict.fromkeys(("campaign_status", "budget"), "campaign"),
}
#: what is agreed about a campaign: a list of pages tells none of it
_AGREED: Final = frozenset(
    {"offer", "price", "promo_code", "legal_line", "budget", "placement_budget", "brand_approval", "legal_approval"}
)
#: groups that follow the row up, whatever the row is
_FOLLOWS_UP: Final = frozenset(
    listed(
        """
        follow-up, follow up, workflow, progress, status, statuses, state, project status, nachverfolgung,
        bearbeitung, fortschritt, stand, suivi, avancement, etat, seguimiento, situacion, avance, monitoraggio,
        avanzamento, stato, opvolging, voortgang, realizacja, acompanhamento, uppfoljning, opfolgning
        """
    )
)
_BUDGETS: Final = {Entity.CAMPAIGN: "budget", Entity.PLACEMENT: "placement_budget"}
_APPROVALS: Final = frozenset({"brand_approval", "legal_approval"})
_LINKS: Final = ("landing_page", "tracking_url")
#: more than a handful of cells
_MOST: Final = 0.6
_DATES: Final = ("flight_start", "send_time")
_MEDIA: Final = ("utm_medium", "channel")
#: never authority, so which of two columns it is is worth nobody's time
_NOT_ASKED: Final = frozenset({"notes", "kpi"})
_VOCABULARIES: Final = frozenset({"channel", "platform", "utm_source", "utm_medium"})
_CHANNELS: Final = frozenset(bare(word) for name, words in CHANNEL.items() for word in (name, *words))


def is_plain(seen: Seen) -> bool:
    """Does its header leave open whether it is of the campaign or of the placement?"""
    return _is_plain_status(seen) or _is_plain_budget(seen)


def _is_plain_budget(seen: Seen) -> bool:
    return set(_BUDGETS.values()) <= set(seen.naming.fields)


def _is_plain_status(seen: Seen) -> bool:
    return len(set(seen.naming.fields) & set(_STATUSES.values())) > 1


def settle(choices: Sequence[Choice], entity: Entity) -> list[Choice]:
    """Each column with one field at most, and each field in one column at most; what stays open is asked."""
    return _alone(_settled(choices, entity))


def _settled(choices: Sequence[Choice], entity: Entity) -> list[Choice]:
    """Words that mean several things, settled by what stands around them."""
    named = frozenset(choice.field for choice in choices if choice.field and choice.strength == 3)
    alone = sum(choice.field is not None and _is_plain_status(choice.seen) for choice in choices) == 1
    pages = entity is Entity.CAMPAIGN and not any(choice.field in _AGREED for choice in choices)
    settled = []
    for at, choice in enumerate(choices):
        names = set(choice.seen.naming.fields)
        if choice.field is None or choice.question:
            settled.append(choice)
        elif _is_plain_status(choice.seen):
            settled.append(_status(choice, choices[:at], entity, named, alone=alone, pages=pages))
        elif _is_plain_budget(choice.seen):
            settled.append(choice.settled(_BUDGETS[entity], _BUDGETS.values(), f"each row is a {entity}"))
        elif names >= _APPROVALS:
            settled.append(_approval(choice))
        elif names == set(_DATES):
            settled.append(_date(choice, entity, named))
        elif choice.field == "send_time" and _tells_no_time(choice.seen):
            settled.append(_send_date(choice))
        elif names == set(_MEDIA):
            settled.append(_medium(choice, choices))
        elif names == set(_LINKS):
            settled.append(_link(choice, named))
        else:
            settled.append(choice)
    return settled


def _status(
    choice: Choice, before: Sequence[Choice], entity: Entity, named: frozenset[str], *, alone: bool, pages: bool
) -> Choice:
    """A bare "Status": of its group, the column to its left if there are several, or the row.

    `pages` says that the table may well be a list of pages: there one beside the page is the page's.
    """
    left = next(
        (one for one in reversed(before) if one.seen.column.header.strip() and not _is_plain_status(one.seen)), None
    )
    beside = _SPEAKS_OF.get(left.field or "", str(entity)) if left and left.field else None
    group = choice.seen.column.group.strip()
    if beside == "campaign" and group and left is not None and left.seen.column.group.strip() != group:
        # What stands under a group of its own is not the campaign's because that stands to its left.
        beside = None
    if spoken_of := _group_speaks_of(choice.seen, before, entity):
        name, why = _STATUSES[spoken_of], f"under the group {quote(choice.seen.column.group)}"
    elif alone and pages and beside == "page" and "page_status" not in named:
        name, why = "page_status", "it stands beside the landing page"
    elif alone:
        name, why = _STATUSES[entity], f"each row is a {entity}"
    elif left is None or beside is None:
        return choice.asked(
            f"Several columns are headed {choice.seen.header}. What is {_this_one(choice.seen)} the status of?",
            _STATUSES.values(),
        )
    else:
        name, why = _STATUSES[beside], f"it stands to the right of {left.seen.header}"
    return choice.settled(name, _STATUSES.values(), why)


def _this_one(seen: Seen) -> str:
    return seen.called if seen.column.group.strip() else "this one"


def _group_speaks_of(seen: Seen, before: Sequence[Choice], entity: Entity) -> str | None:
    """What the group over a column is about: its own words, or a field that stands under the same group."""
    group = seen.column.group.strip()
    if not group:
        return None
    if bare(group) in _CHANNELS:
        return "placement"
    if bare(group) in _FOLLOWS_UP:
        return str(entity)
    if len(meant := {_SPEAKS_OF[name] for name in seen.about.firmly if name in _SPEAKS_OF}) == 1:
        return meant.pop()
    fellows = (one.field for one in reversed(before) if one.seen.column.group.strip() == group and one.field)
    return next((_SPEAKS_OF[name] for name in fellows if name in _SPEAKS_OF), None)


def _approval(choice: Choice) -> Choice:
    """ "Approved" does not say by whom, and one person's yes is not another's."""
    group = bare(choice.seen.column.group)
    for name, word in (("legal_approval", "legal"), ("brand_approval", "brand")):
        if word in group.split():
            return replace(choice, field=name, rivals=())
    if not choice.seen.profile.filled:
        return replace(choice, rivals=()).left("does not say whose approval it is")
    return choice.asked(f"The column is headed {choice.seen.header}. Whose approval is it?", sorted(_APPROVALS))


def _date(choice: Choice, entity: Entity, named: frozenset[str]) -> Choice:
    """A bare "Date" with times of day is when a mail goes out."""
    if entity is Entity.PLACEMENT and choice.seen.profile.share(Trait.CLOCK) >= 0.5 and "send_time" not in named:
        return choice.settled("send_time", _DATES, "its values have times of day")
    return choice.settled("flight_start", _DATES, f"each row is a {entity}")


def _tells_no_time(seen: Seen) -> bool:
    return seen.profile.share(Trait.DAY) >= _MOST and not seen.profile.share(Trait.CLOCK)


def _send_date(choice: Choice) -> Choice:
    """A send time has a time of day; of days alone every row would be a problem."""
    holds = f"The column is headed {choice.seen.header}, but holds days without a time of day"
    return choice.asked(
        f"{holds}. Are they days of the flight, or is the time to be added?", ("flight_start", "send_time")
    )


def _medium(choice: Choice, choices: Sequence[Choice]) -> Choice:
    """ "Medium" is a parameter of a link where its fellows stand beside it, otherwise a channel."""
    fellows = [one for one in choices if one.field in ("utm_source", "utm_campaign", "utm_content")]
    if fellows:
        return choice.settled("utm_medium", _MEDIA, f"{fellows[0].seen.header} stands in the table too")
    if any(one.field == "channel" and one.strength == 3 for one in choices):
        return choice.settled("utm_medium", _MEDIA, "another column says the channel")
    return choice.settled("channel", _MEDIA, "no other parameter of links stands in the table")


def _link(choice: Choice, named: frozenset[str]) -> Choice:
    """A bare "URL" with utm parameters in it is a tracking URL."""
    if choice.seen.profile.share(Trait.TAGGED) >= 0.5 and "tracking_url" not in named:
        return choice.settled("tracking_url", _LINKS, "its URLs carry utm parameters")
    return choice.settled("landing_page", _LINKS, "its URLs carry no utm parameters")


def _alone(choices: Sequence[Choice]) -> list[Choice]:
    """Each field in one column: the header that says it most surely counts; two that say it alike are asked."""
    sure = [choice for choice in choices if choice.field and not choice.question]
    best = {choice.field: max(_claim(one) for one in sure if one.field == choice.field) for choice in sure}
    first = Counter(choice.field for choice in sure if _claim(choice) == best[choice.field])
    free = {name for one in choices for name in one.rivals} - {one.field for one in choices if one.field}
    return [_only(choice, choices, best, first, free) for choice in choices]


def _claim(choice: Choice) -> tuple[bool, int, bool, bool]:
    """What counts between columns of one field: values at all, the header's word, then words of the vocabulary."""
    values = choice.seen.profile
    told = values.told > 0
    in_its_words = choice.field in _VOCABULARIES and fit(choice.field, values) is Fit.YES
    return (told and (choice.strength > 1 or choice.field in _NOT_ASKED), choice.strength, told, in_its_words)


def _only(
    choice: Choice,
    choices: Sequence[Choice],
    best: Mapping[str | None, tuple[bool, int, bool, bool]],
    first: Mapping[str | None, int],
    free: set[str],
) -> Choice:
    if choice.field is None or choice.question:
        return choice
    others = [one for one in choices if one.field == choice.field and one is not choice]
    # A column whose header says it most surely, but with nothing under it, beside one that holds what was meant.
    hollow = not best[choice.field][2] and any(one.seen.profile.told for one in (choice, *others))
    if _claim(choice) == best[choice.field] and first[choice.field] == 1 and not hollow:
        return choice
    names = ", ".join(dict.fromkeys(one.seen.called for one in others))
    other = next((name for name in choice.rivals if name in free and _may_be_instead(name, choice, choices)), None)
    if other is not None and not hollow:
        reason = f"the header {choice.seen.header} is a spelling of {label(other)}"
        return replace(choice, field=other, strength=1, reasons=(reason,), rivals=(choice.field,))
    if choice.field in _NOT_ASKED or (_claim(choice) < best[choice.field] and not hollow):
        return choice.left(f"{label(choice.field)} is the column {names} already")
    where = f"{choice.seen.called} and {names} both say {label(choice.field)}"
    return choice.asked(f"{where}. Which of them counts, and what is the other?", (choice.field,))


def _may_be_instead(name: str, choice: Choice, choices: Sequence[Choice]) -> bool:
    """A column that lost its first field may be its second where its values are that, and nobody else is after it."""
    values = choice.seen.profile
    if name not in choice.seen.naming.loosely or fit(name, values) is not Fit.YES or not speaks_for(name, values):
        return False
    return sum(name in one.rivals and one.field == choice.field for one in choices) == 1
