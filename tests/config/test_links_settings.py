"""Settings of links and names: GA4's groups, who tags, hosts of brands, macros, templates; as meant and mistaken."""

import pytest

from sheetsync.core.graph import Naming
from sheetsync.core.tracking.ga4 import UNASSIGNED
from sheetsync.faces.configuration import configuration_document, configuration_text
from tests.config.conftest import Folder

TRACKING = "tracking.yaml"
_HOSTS = "  hosts: ["
_MORE = """\
  ga4:
    dated: 2026-09-01
    sources: {meta: social, facebook: none}
  hosts_of:
    partner: {Harlow & Finch: www.northlight.example}
"""
_EMAIL = "  email: {medium: email}"
_EMAIL_TAGGED = "  email: {medium: email, tagged_by: the email platform}"


@pytest.fixture
def linked(folder: Folder) -> Folder:
    """The example with one of everything."""
    folder.change(TRACKING, _HOSTS, _MORE + _HOSTS)
    folder.change(TRACKING, _EMAIL, _EMAIL_TAGGED)
    folder.change(
        TRACKING, "  paid_social: {medium: paid_social}",
        "  paid_social: {medium: paid_social, macros: [template], placed_on: www.northlight.example}",
    )  # fmt: skip
    folder.change(TRACKING, "generated:\n", "generated:\n" + _NAME)
    folder.append("handoffs.yaml", "\nfields:\n  placement_name: {label: Placement name, type: text, of: placement}\n")
    return folder


_NAME = '  placement_name: {template: "{yyyymm}_{yyyymmdd}_{partner:.12}_{slot}", case: upper, max_length: 60}\n'


def test_the_settings_are_told_to_the_core(linked: Folder) -> None:
    rules = linked.load().rules
    assert rules.ga4.group("meta", "paid_social", "") == "Paid Social"
    assert rules.ga4.group("facebook", "paid_social", "") == "Paid Other"
    assert rules.ga4.dated.isoformat() == "2026-09-01"
    assert rules.hosts_of == {"partner": {"Harlow & Finch": ("www.northlight.example",)}}
    assert rules.tagged_by == {"email": "the email platform"}
    assert rules.macros == {"paid_social": frozenset({"template"})}
    assert rules.placed_on == {"paid_social": ("www.northlight.example",)}
    assert rules.templates["placement_name"] == "{flight_start:%Y%m}_{flight_start:%Y%m%d}_{partner:.12}_{slot}"
    assert rules.namings["placement_name"] == Naming("upper", "_", 60)


def test_validate_says_who_tags(linked: Folder) -> None:
    text = "\n".join(configuration_text(configuration_document(linked.load())))
    assert "links of email are the bare page: tagged by the email platform" in text


def test_without_settings_the_rules_that_ship_hold(folder: Folder) -> None:
    groups = folder.load().rules.ga4
    assert groups.group("awin", "affiliates", "") == UNASSIGNED
    assert groups.dated.year >= 2024


MISTAKES = {
    "a kind nobody asks for": (
        "{meta: social,", "{meta: sozial,",
        "tracking.ga4.sources.meta: no rule asks for 'sozial'; write search, shopping, social, video or none",
    ),
    "a source twice": (
        "{meta: social,", "{meta: social, Meta: video,",
        "tracking.ga4.sources.Meta: is 'meta' once more: case does not count",
    ),
    "a rule that is no pattern": (
        "    dated: 2026-09-01\n",
        "    dated: 2026-09-01\n"
        "    rules: [{group: A, cases: [{medium: '('}]}, {group: B, cases: [{listed: social}]}]\n",
        "tracking.ga4.rules[0].cases[0].medium: is no regular expression; write . * | ( ) as in paid.*|ppc",
    ),
    "a case that says nothing": (
        "    dated: 2026-09-01\n",
        "    dated: 2026-09-01\n    rules: [{group: All, cases: [{}]}, {group: Else, cases: [{listed: social}]}]\n",
        "tracking.ga4.rules[0].cases[0]: says nothing; name listed, source, medium or campaign",
    ),
    "hosts of no field": (
        "    partner: {Harlow", "    partmer: {Harlow",
        "tracking.hosts_of.partmer: no field of that name; did you mean 'partner'?",
    ),
    "hosts of a placement": (
        "    partner: {Harlow", "    slot: {Harlow",
        "tracking.hosts_of.slot: 'slot' is a field of a placement; a page is a campaign's",
    ),
    "a host of two brands": (
        "Finch: www.northlight.example}", "Finch: www.northlight.example, Other: WWW.northlight.example}",
        "tracking.hosts_of.partner.Other: 'WWW.northlight.example' stands under 'Harlow & Finch' already",
    ),
    "a host that is none": (
        "Finch: www.northlight.example}", "Finch: https://x/y}",
        "tracking.hosts_of.partner.Harlow & Finch: names no host; write www.brand.example or *.brand.example",
    ),
    "a system nobody knows": (
        "macros: [template]", "macros: [templates]",
        "channels.paid_social.macros[0]: no system is named 'templates'; did you mean 'template'?",
    ),
    "macros where others tag": (
        "tagged_by: the email platform}", "tagged_by: the email platform, macros: []}",
        "channels.email.macros: says nothing: its links are the bare page, tagged by the email platform",
    ),
    "a separator that is none": (
        "case: upper, max", "case: upper, separator: +, max",
        "generated.placement_name.separator: must be -, _ or .",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_one_mistake_is_one_line_that_names_file_line_and_setting(linked: Folder, name: str) -> None:
    old, new, said = MISTAKES[name]
    line = linked.change(TRACKING, old, new) + new.startswith("    dated")
    [problem] = linked.problems()
    assert problem == f"{TRACKING}:{line}: {said}"
