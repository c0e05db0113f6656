"""What people call their columns: the spellings that ship, and a team's own."""

from sheetsync.config.headers import shipped_header_words
from sheetsync.config.scope import shipped_fields
from tests.config.conftest import Folder


def test_the_spellings_that_ship_are_of_fields_that_ship() -> None:
    named = {name for naming in shipped_header_words().spellings.values() for name in naming.fields}
    assert named == shipped_fields().keys()


def test_every_shipped_field_is_known_by_its_label_and_its_name() -> None:
    words = shipped_header_words()
    assert {name for name, field in shipped_fields().items() if name not in words(field.label)} == set()
    assert {name for name in shipped_fields() if name not in words(name)} <= {"owner_person"}


def test_a_teams_own_word_is_known_and_means_nothing_else(folder: Folder) -> None:
    folder.append("sources.yaml", "\nheaders:\n  campaign_id: [Vorgang, Aktenzeichen]\n  page_status: Status\n")
    words = folder.load().headers
    assert words("VORGANG:") == ("campaign_id",)
    assert words("Status") == ("page_status",)
    assert words("Partner") == ("partner",)


def test_mistakes_in_them_are_told_with_file_and_line(folder: Folder) -> None:
    folder.append(
        "sources.yaml",
        "\nheaders:\n  campain_id: [Vorgang]\n  partner: [Haus, '!!']\n  promo_code: [Aktion Nr, HAUS]\n",
    )
    at = (
        folder.at("sources.yaml", "campain_id"),
        folder.at("sources.yaml", "Haus"),
        folder.at("sources.yaml", "Aktion Nr"),
    )
    assert folder.problems() == [
        f"{at[0]}: headers.campain_id: no field of that name; did you mean 'campaign_id'?",
        f"{at[1]}: headers.partner[1]: holds no letter and no digit, so no header can be told by it",
        f"{at[2]}: headers.promo_code[1]: stands for 'partner' already",
    ]


def test_a_header_more_leaves_a_saved_plan_as_it_is(folder: Folder) -> None:
    before = folder.load().fingerprint
    folder.append("sources.yaml", "\nheaders:\n  campaign_id: [Vorgang]\n")
    assert folder.load().fingerprint == before
