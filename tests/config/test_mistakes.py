"""One mistake, one line: the file, the line, the setting, and what to do about it."""

from dataclasses import dataclass

import pytest

from tests.config.conftest import Folder

HANDOFFS, SOURCES, TRACKING, SHEETSYNC = "handoffs.yaml", "sources.yaml", "tracking.yaml", "sheetsync.yaml"


@dataclass(frozen=True)
class Mistake:
    """A change to the example, and what is said of it."""

    file: str
    old: str
    new: str
    said: str
    #: lines from where the change begins to the line that is named
    below: int = 0


MISTAKES = {
    # links
    "a network that is none": Mistake(
        SHEETSYNC,
        "version: 1",
        "version: 1\nlinks: {allow_addresses: [10.1.0.7/16]}",
        "links.allow_addresses[0]: is no network; write one as 10.1.0.0/16, or an address",
        below=1,
    ),
    "a network nobody asks": Mistake(
        SHEETSYNC,
        "version: 1",
        "version: 1\nlinks: {allow_addresses: [169.254.169.254]}",
        "links.allow_addresses[0]: is never asked, whatever is allowed: a machine's own keys are given out there",
        below=1,
    ),
    "a contact no request can carry": Mistake(
        SHEETSYNC,
        "version: 1",
        'version: 1\nlinks: {user_agent: "a\\r\\nCookie: b"}',
        "links.user_agent: is one line of plain letters, without parentheses",
        below=1,
    ),
    "links neither on nor off": Mistake(
        SHEETSYNC,
        "version: 1",
        "version: 1\nlinks: {check: yes}",
        "links.check: must be on or off",
        below=1,
    ),
    # misspelt names
    "section": Mistake(
        HANDOFFS, "\naliases:", "\nalias:", "alias: no section of that name; did you mean 'aliases'?", below=1
    ),
    "strange section": Mistake(
        SHEETSYNC,
        "version: 1",
        "version: 1\nxyzzy: 1",
        "xyzzy: no section of that name; there is version, google, season, ledger, records, guards, daemon, fields, "
        "sources, aliases, owners, handoffs, approvals, groups, exceptions, freeze, severities, generated, tracking, "
        "channels, codes, vocabularies, headers, decisions, links, notify",
        below=1,
    ),
    "setting": Mistake(
        SHEETSYNC,
        "timeout_seconds:",
        "timeout_secs:",
        "google.timeout_secs: no setting of that name; did you mean 'timeout_seconds'?",
    ),
    "required setting": Mistake(
        SOURCES,
        "columns:\n      partner",
        "colums:\n      partner",
        "sources.briefs.colums: no setting of that name; did you mean 'columns'?",
    ),
    "field in a contract": Mistake(
        HANDOFFS,
        "flight_end: equal\n      offer: equal\n      promo_code: equal\n      budget",
        "flight_ende: equal\n      offer: equal\n      promo_code: equal\n      budget",
        "handoffs[0].contracts.flight_ende: no field of that name; did you mean 'flight_end'?",
    ),
    "field in columns": Mistake(
        SOURCES,
        "promo_code: Gutschein",
        "promocode: Gutschein",
        "sources.landing.columns.promocode: no field of that name; did you mean 'promo_code'?",
    ),
    "key field": Mistake(
        SOURCES,
        "key: [campaign_id, channel, slot]",
        "key: [campaign_id, chanel, slot]",
        "sources.utm.key[1]: no field is named 'chanel'; did you mean 'channel'?",
    ),
    "field in owners": Mistake(
        HANDOFFS, "offer: briefs", "ofer: briefs", "owners.ofer: no field of that name; did you mean 'offer'?"
    ),
    "field in severities": Mistake(
        HANDOFFS,
        "tracking_url: high",
        "tracking_urls: high",
        "severities.tracking_urls: no field of that name; did you mean 'tracking_url'?",
    ),
    "field in aliases": Mistake(
        HANDOFFS,
        "aliases:\n  partner:",
        "aliases:\n  partnr:",
        "aliases.partnr: no field of that name; did you mean 'partner'?",
        below=1,
    ),
    "field in generated": Mistake(
        TRACKING, "utm_id:", "utm_idd:", "generated.utm_idd: no field of that name; did you mean 'utm_id'?"
    ),
    "generated field": Mistake(
        SOURCES,
        "generated: [tracking_url]",
        "generated: [trackingurl]",
        "sources.utm.generated[0]: no field is named 'trackingurl'; did you mean 'tracking_url'?",
    ),
    "owner": Mistake(
        HANDOFFS,
        "budget: briefs",
        "budget: breifs",
        "owners.budget: no source is named 'breifs'; did you mean 'briefs'?",
    ),
    "giver": Mistake(
        HANDOFFS,
        "- from: landing",
        "- from: landin",
        "handoffs[3].from: no source is named 'landin'; did you mean 'landing'?",
    ),
    "receiver": Mistake(
        HANDOFFS,
        "to: landing",
        "to: landings",
        "handoffs[1].to: no source is named 'landings'; did you mean 'landing'?",
    ),
    "source without likeness": Mistake(
        HANDOFFS, "to: landing", "to: qqqq", "handoffs[1].to: no source is named 'qqqq'"
    ),
    "mode": Mistake(
        SOURCES,
        "mode: sidecar",
        "mode: side-car",
        "sources.landing.mode: must be observe, sidecar or columns; did you mean 'sidecar'?",
    ),
    "what readers see": Mistake(
        SOURCES,
        "readers_see: full",
        "readers_see: all",
        "sources.landing.readers_see: must be full, fields or none",
    ),
    "what readers see of one source": Mistake(
        SOURCES,
        "readers_see: full",
        "readers_see:\n      briefs: feilds",
        "sources.landing.readers_see.briefs: must be full, fields or none; did you mean 'fields'?",
        below=1,
    ),
    "readers of something else": Mistake(
        SOURCES,
        "readers_see: full",
        "readers_see: [briefs]",
        "sources.landing.readers_see: a list where full, fields, none or a mapping (source: one of these) is needed",
    ),
    "source readers see": Mistake(
        SOURCES,
        "readers_see: full",
        "readers_see: {default: none, offical: full}",
        "sources.landing.readers_see.offical: no source of that name; did you mean 'official'?",
    ),
    "every other source": Mistake(
        SOURCES,
        "readers_see: full",
        "readers_see: {defalt: none}",
        "sources.landing.readers_see.defalt: no source of that name; did you mean 'default'?",
    ),
    "readers of their own source": Mistake(
        SOURCES,
        "readers_see: full",
        "readers_see: {landing: none}",
        "sources.landing.readers_see.landing: is the source itself; say it of others only",
    ),
    "readers of a table": Mistake(
        SOURCES,
        'writes: "off" ',
        'readers_see: {utm: none}\n    writes: "off" ',
        "sources.official.readers_see: goes with sheets only; this source is a table",
    ),
    "contract": Mistake(
        HANDOFFS,
        "utm_medium: generated",
        "utm_medium: genrated",
        "handoffs[3].contracts.utm_medium: must be equal, generated or human_only; did you mean 'generated'?",
    ),
    "severity": Mistake(
        HANDOFFS,
        "landing_page: high",
        "landing_page: hi",
        "severities.landing_page: must be high, medium or low; did you mean 'high'?",
    ),
    "placeholder": Mistake(
        TRACKING, '"{slot}"', '"{slott}"', "generated.utm_content: '{slott}' is no field; did you mean 'slot'?"
    ),
    "keyword": Mistake(
        TRACKING, "by_channel", "by_chanel", "generated.utm_medium: is no keyword; did you mean 'by_channel'?"
    ),
    "vocabulary": Mistake(
        HANDOFFS,
        "\naliases:",
        "\nfields:\n  phase: {label: P, type: choice, of: campaign, vocabulary: statsu}\naliases:",
        "fields.phase.vocabulary: no vocabulary is named 'statsu'; did you mean 'status'?",
        below=2,
    ),
    "channel": Mistake(
        TRACKING,
        "affiliate: {medium",
        "affiliates: {medium",
        "channels.affiliates: no word of vocabularies.channel of that name; did you mean 'affiliate'?",
    ),
    # wrong types
    "text for a number": Mistake(
        SHEETSYNC,
        "timeout_seconds: 30",
        'timeout_seconds: "30"',
        "google.timeout_seconds: text where a number is needed",
    ),
    "number for text": Mistake(
        SOURCES,
        "flight_start: Start\n",
        "flight_start: 2026\n",
        "sources.landing.columns.flight_start: a number where text or a list of texts is needed; put it in quotes",
    ),
    "nothing": Mistake(SOURCES, "team: Web", "team:", "sources.landing.team: nothing where text is needed"),
    "blank": Mistake(SOURCES, "team: Web", 'team: " "', "sources.landing.team: is empty"),
    "blank header": Mistake(
        SOURCES, "flight_end: Ende", 'flight_end: " "', "sources.landing.columns.flight_end: is empty"
    ),
    "blank among headers": Mistake(
        SOURCES, "[Campaign ID, Ref]", "[Campaign ID, '']", "sources.briefs.columns.campaign_id[1]: is empty"
    ),
    "list for a mapping": Mistake(
        HANDOFFS,
        "  partner:\n    Harlow",
        "  - partner:\n    - Harlow",
        "aliases: a list where a mapping (name: value) is needed",
        below=-1,
    ),
    "number for a date": Mistake(
        SHEETSYNC, "season: 2026-12-01", "season: 2026", "season: a number where a date such as 2026-12-01 is needed"
    ),
    "time for a date": Mistake(
        SHEETSYNC,
        "season: 2026-12-01",
        "season: 2026-12-01T10:00:00",
        "season: a date with a time where a date such as 2026-12-01 is needed",
    ),
    "no date": Mistake(
        SHEETSYNC,
        "season: 2026-12-01",
        "season: 2026-13-01",
        "season: looks like a date or a number but is none; put it in quotes if it is text",
    ),
    "no number": Mistake(
        SHEETSYNC, "timeout_seconds: 30", "timeout_seconds: .nan", "google.timeout_seconds: must be a finite number"
    ),
    "out of bounds": Mistake(
        SHEETSYNC, "timeout_seconds: 30", "timeout_seconds: 0", "google.timeout_seconds: must be greater than 0"
    ),
    "version": Mistake(
        SHEETSYNC, "version: 1", "version: 2", "version: must be 1; another one needs another sheetsync"
    ),
    "true for a version": Mistake(
        SHEETSYNC, "version: 1", "version: true", "version: true or false where a whole number is needed"
    ),
    "table written": Mistake(
        SOURCES,
        'writes: "off"',
        "writes: on",
        "sources.official.writes: needs version: the column that moves with each change of a line",
    ),
    # places
    "no place": Mistake(
        SOURCES,
        "    spreadsheet: 1NorthlightPartnerBriefsQ42026demo00000001\n    tab_id: 0\n",
        "",
        "sources.briefs: needs a spreadsheet (and tab_id), or a table",
        below=-3,
    ),
    "two places": Mistake(
        SOURCES,
        "table: campaigns",
        "table: campaigns\n    tab_id: 4",
        "sources.official: is either a tab (spreadsheet and tab_id) or a table, not both",
        below=-3,
    ),
    "no tab": Mistake(
        SOURCES,
        "tab_id: 1204\n    mode",
        "mode",
        "sources.landing.tab_id: is missing: the number after gid= in the tab's address",
        below=-4,
    ),
    "place taken": Mistake(
        SOURCES,
        "1NorthlightLandingPagesQ42026demo00000002\n    tab_id: 1204",
        "1NorthlightPartnerBriefsQ42026demo00000001\n    tab_id: 0",
        "sources.briefs.mode: columns are unsafe in a tab that holds 'landing' too: write sidecar, or give each table "
        "its own tab",
        below=-23,
    ),
    "table taken": Mistake(
        SOURCES,
        "    spreadsheet: 1NorthlightLandingPagesQ42026demo00000002\n    tab_id: 1204\n    mode: sidecar\n"
        "    readers_see: full\n",
        "    table: campaigns\n",
        "sources.official.table: is the place of source 'landing' already; a table is one source",
        below=47,
    ),
    "another gid": Mistake(
        SOURCES,
        "spreadsheet: 1NorthlightPartnerBriefsQ42026demo00000001\n    tab_id: 0",
        "spreadsheet: https://docs.google.com/spreadsheets/d/1NorthlightPartnerBriefsQ42026demo00000001/edit#gid=7\n"
        "    tab_id: 0",
        "sources.briefs.tab_id: differs from the address of the spreadsheet, which says gid=7",
        below=1,
    ),
    "no address": Mistake(
        SOURCES,
        "1NorthlightPartnerBriefsQ42026demo00000001",
        "https://example.com/sheet",
        "sources.briefs.spreadsheet: is neither an id nor the address of a Google spreadsheet as the browser shows it",
    ),
    "published address": Mistake(
        SOURCES,
        "1NorthlightPartnerBriefsQ42026demo00000001",
        "https://docs.google.com/spreadsheets/d/e/2PACX-1/pubhtml",
        "sources.briefs.spreadsheet: is neither an id nor the address of a Google spreadsheet as the browser shows it",
    ),
    "mode of a table": Mistake(
        SOURCES,
        "table: campaigns",
        "mode: observe\n    table: campaigns",
        "sources.official.mode: goes with sheets only; this source is a table",
    ),
    "writes of a sheet": Mistake(
        SOURCES,
        "tab_id: 77",
        "tab_id: 77\n    writes: off",
        "sources.utm.writes: goes with tables only; this source is a sheet",
        below=1,
    ),
    # columns, keys, matches
    "key not mapped": Mistake(
        SOURCES,
        "      slot: Placement\n",
        "",
        "sources.utm.key[2]: 'utm' does not map 'slot'; add it to sources.utm.columns",
        below=-9,
    ),
    "key twice": Mistake(
        SOURCES,
        "[campaign_id, channel, slot]",
        "[campaign_id, channel, slot, slot]",
        "sources.utm.key[3]: names 'slot' twice",
    ),
    "empty key": Mistake(SOURCES, "key: [campaign_id, channel, slot]", "key: []", "sources.utm.key: names no field"),
    "empty match": Mistake(
        SOURCES,
        "match:\n      - [campaign_id]\n    columns",
        "match: []\n    columns",
        "sources.official.match: names no field a row could find its campaign by",
    ),
    "same header": Mistake(
        SOURCES,
        "flight_end: Ende",
        'flight_end: "STÁRT:"',
        "sources.landing.columns.flight_end: has the same header as 'flight_start'; "
        "case, accents and breaks do not count",
    ),
    "no header": Mistake(
        SOURCES, "flight_end: Ende", "flight_end: []", "sources.landing.columns.flight_end: names no header"
    ),
    # authority
    "owner without the field": Mistake(
        HANDOFFS,
        "  offer: briefs",
        "  offer: utm",
        "owners.offer: 'utm' does not map 'offer'; add it to sources.utm.columns, or name another owner",
    ),
    "uncovered copy": Mistake(
        SOURCES,
        "flight_end: Live to",
        "flight_end: Live to\n      offer: Deal",
        "sources.utm.columns.offer: 'briefs' owns it and no handoff covers this copy; "
        "add `offer: equal` to handoffs[2].contracts",
        below=1,
    ),
    "two handoffs for a field": Mistake(
        HANDOFFS,
        "tracking_url: generated",
        "partner: equal\n      tracking_url: generated",
        "handoffs[3].contracts.partner: reaches 'utm' through handoffs[2] already; keep one of them",
    ),
    "handoff twice": Mistake(
        HANDOFFS,
        "- from: landing",
        "- from: briefs",
        "handoffs[3].to: the same handoff as handoffs[2]; make it one",
        below=1,
    ),
    "handoff to itself": Mistake(
        HANDOFFS, "- from: landing", "- from: utm", "handoffs[3].to: is the source it comes from", below=1
    ),
    "equal without a column": Mistake(
        HANDOFFS,
        "budget: equal",
        "price: equal\n      budget: equal",
        "handoffs[0].contracts.price: 'briefs' does not map 'price'; add it to sources.briefs.columns",
    ),
    "generated by nothing": Mistake(
        HANDOFFS,
        "brand_approval: human_only",
        "brand_approval: generated",
        "handoffs[0].contracts.brand_approval: nothing makes 'brand_approval'; "
        "add a template as generated.brand_approval, or make it equal",
    ),
    # words
    "spelling of two words": Mistake(
        TRACKING, "[Done, Ended", "[Live, Done, Ended", "vocabularies.status.done[0]: stands for 'live' already"
    ),
    "shipped field of another": Mistake(
        HANDOFFS,
        "\naliases:",
        "\nfields:\n  channel: {label: C, type: text, of: campaign}\naliases:",
        "fields.channel.of: 'channel' ships as a field of a placement; choose another name",
        below=2,
    ),
    "choice without vocabulary": Mistake(
        HANDOFFS,
        "\naliases:",
        "\nfields:\n  phase: {label: P, type: choice, of: campaign}\naliases:",
        "fields.phase.vocabulary: is missing: a choice needs one",
        below=2,
    ),
    "vocabulary of a text": Mistake(
        HANDOFFS,
        "\naliases:",
        "\nfields:\n  p: {label: P, type: text, of: campaign, vocabulary: status}\naliases:",
        "fields.p.vocabulary: goes with type choice and list only",
        below=2,
    ),
    "until of a text": Mistake(
        HANDOFFS,
        "\naliases:",
        "\nfields:\n  p: {label: P, type: text, of: campaign, until: flight_end}\naliases:",
        "fields.p.until: goes with type day only",
        below=2,
    ),
    "until a field of another": Mistake(
        HANDOFFS,
        "\naliases:",
        "\nfields:\n  p: {label: P, type: day, of: placement, until: flight_end}\naliases:",
        "fields.p.until: is another field of type day, of a placement",
        below=2,
    ),
    "until itself": Mistake(
        HANDOFFS,
        "\naliases:",
        "\nfields:\n  p: {label: P, type: day, of: campaign, until: p}\naliases:",
        "fields.p.until: is another field of type day, of a campaign",
        below=2,
    ),
    "until nothing": Mistake(
        HANDOFFS,
        "\naliases:",
        "\nfields:\n  p: {label: P, type: day, of: campaign, until: flight_ende}\naliases:",
        "fields.p.until: no field is named 'flight_ende'; did you mean 'flight_end'?",
        below=2,
    ),
    "vocabulary of a list": Mistake(
        HANDOFFS,
        "\naliases:",
        "\nfields:\n  p: {label: P, type: list, of: campaign, vocabulary: statsu}\naliases:",
        "fields.p.vocabulary: no vocabulary is named 'statsu'; did you mean 'status'?",
        below=2,
    ),
    "word that struck means": Mistake(
        SOURCES,
        "    generated: [tracking_url]\n",
        "    generated: [tracking_url]\n    struck_means: canceled\n",
        "sources.utm.struck_means: no word of vocabularies.status is named 'canceled'; did you mean 'cancelled'?",
        below=1,
    ),
    "reads no order": Mistake(
        SOURCES,
        "    generated: [tracking_url]\n",
        "    generated: [tracking_url]\n    reads: {flight_start: american}\n",
        "sources.utm.reads.flight_start: 'flight_start' is of type day; say day first or month first",
        below=1,
    ),
    "reads a text": Mistake(
        SOURCES,
        "    generated: [tracking_url]\n",
        "    generated: [tracking_url]\n    reads: {partner: EUR}\n",
        "sources.utm.reads.partner: 'partner' is of type name; there is nothing to say of its column",
        below=1,
    ),
    "struck in a table": Mistake(
        SOURCES,
        "    table: campaigns          # of the system of record\n",
        "    table: campaigns\n    struck_means: cancelled\n",
        "sources.official.struck_means: goes with sheets only; this source is a table",
        below=1,
    ),
    "field's name": Mistake(
        HANDOFFS,
        "\naliases:",
        "\nfields:\n  Legal line: {label: L, type: text, of: campaign}\naliases:",
        "fields.Legal line: a field's name is lower case a-z, digits and _",
        below=2,
    ),
    # what is generated
    "id without number": Mistake(
        TRACKING,
        "NL-{number:04d}",
        "NL-{partner}",
        'generated.campaign_id: is a text with one number in it, such as "NL-{number:04d}"',
    ),
    "number elsewhere": Mistake(
        TRACKING, '"{slot}"', '"{number:04d}"', "generated.utm_content: only campaign_id has a {number}"
    ),
    "pattern of a text": Mistake(
        TRACKING, '"{slot}"', '"{slot:%Y}"', "generated.utm_content: 'slot' is no date; only dates take a pattern"
    ),
    "locale's pattern": Mistake(
        TRACKING,
        "{flight_start:%Y%m}",
        "{flight_start:%B}",
        "generated.utm_campaign: 'flight_start' has a pattern that is none; write it with %Y %y %m %d, as in %Y%m",
    ),
    "brace": Mistake(TRACKING, '"{slot}"', '"{slot"', "generated.utm_content: has a brace without its partner"),
    "ring": Mistake(
        TRACKING, '"{slot}"', '"{utm_content}"', "generated.utm_content: is made of itself: utm_content <- utm_content"
    ),
    "nobody's input": Mistake(
        TRACKING,
        '"{slot}"',
        '"{price}"',
        "generated.utm_content: nobody supplies 'price'; name its owner, or generate it",
    ),
    "parameter nobody supplies": Mistake(
        TRACKING,
        "  utm_medium: by_channel\n",
        "",
        "tracking.parameters[1]: nobody supplies 'utm_medium'; add `utm_medium: by_channel` to generated",
        below=5,
    ),
    "parameter missing": Mistake(
        TRACKING,
        "[utm_source, utm_medium, ",
        "[utm_source, ",
        "tracking.parameters: lacks utm_medium; analytics reads utm_source, utm_medium, utm_campaign as one set",
    ),
    "parameter of no kind": Mistake(
        TRACKING,
        "utm_content, utm_id]",
        "utm_content, utm_id, slot]",
        "tracking.parameters[5]: 'slot' is no utm_ parameter",
    ),
    "parameter twice": Mistake(
        TRACKING, "utm_content, utm_id]", "utm_content, utm_id, utm_id]", "tracking.parameters[5]: names 'utm_id' twice"
    ),
    "no hosts": Mistake(
        TRACKING,
        'hosts: [www.northlight.example, "*.northlight-offers.example"]',
        "hosts: []",
        "tracking.hosts: names no host, so every link would be withheld",
    ),
    "host with a scheme": Mistake(
        TRACKING,
        "[www.northlight",
        "[https://www.northlight",
        "tracking.hosts[0]: is no host name; write www.brand.example or *.brand.example",
    ),
    "channel without a medium": Mistake(
        TRACKING,
        "  affiliate: {medium: affiliate}\n",
        "",
        "vocabularies.channel.affiliate: has no medium; add `affiliate: {medium: ...}` to channels",
        below=7,
    ),
    # where things are
    "endpoint": Mistake(
        SHEETSYNC,
        "# endpoint: http://127.0.0.1:8765",
        "endpoint: http://10.0.0.1:80",
        "google.endpoint: must be on this machine, as in http://127.0.0.1:8765; credentials are sent there",
    ),
    "secure endpoint": Mistake(
        SHEETSYNC,
        "# endpoint: http://127.0.0.1:8765",
        "endpoint: https://127.0.0.1",
        "google.endpoint: must be on this machine, as in http://127.0.0.1:8765; credentials are sent there",
    ),
    "home": Mistake(
        SHEETSYNC,
        "path: state/ledger.db",
        "path: ~/ledger.db",
        "ledger.path: starts with ~, which only a shell understands; write the path out",
    ),
    "two records": Mistake(
        SHEETSYNC,
        "path: state/records.db",
        "path: a.db\n  url_env: X",
        "records.url_env: stands beside path; keep one of them",
        below=1,
    ),
    "two credentials": Mistake(
        SHEETSYNC,
        "# credentials_file: /etc",
        "credentials_file: /etc",
        "google.credentials_file: stands beside credentials_env; keep one of them",
    ),
    "unset records": Mistake(
        SHEETSYNC, "path: state/records.db", "url_env: RECORDS_URL", "records.url_env: the variable it names is not set"
    ),
    # reading
    "tag": Mistake(
        SOURCES,
        "team: Web",
        "team: !python/object Web",
        "sources.landing.team: a tag ('!', '<<' or '='); put the text in quotes",
    ),
    "field of a handoff": Mistake(
        HANDOFFS,
        "  - from: landing\n",
        "  - landing\n  - from: landing\n",
        "handoffs[3]: text where a mapping (name: value) is needed",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_one_mistake_is_one_line_that_names_file_line_and_setting(folder: Folder, name: str) -> None:
    mistake = MISTAKES[name]
    line = folder.change(mistake.file, mistake.old, mistake.new) + mistake.below
    assert folder.problems() == [f"{mistake.file}:{line}: {mistake.said}"]


def test_a_key_twice_in_a_mapping_names_both_lines(folder: Folder) -> None:
    line = folder.change("sources.yaml", "team: Web", "team: Web\n    team: Net")
    assert folder.problems() == [f"sources.yaml:{line + 1}: team: stands on line {line} already; keep one"]


def test_a_copy_that_lost_its_contract_is_told_where_it_stands(folder: Folder) -> None:
    line = folder.change(
        "handoffs.yaml", "      promo_code: equal\n\n  - from: briefs\n    to: utm", "\n  - from: briefs\n    to: utm"
    )
    assert line
    assert folder.problems() == [
        folder.at("sources.yaml", "promo_code: Gutscheincode")
        + ": sources.landing.columns.promo_code: 'briefs' owns it and no handoff covers this copy; "
        "add `promo_code: equal` to handoffs[1].contracts"
    ]


def test_a_copy_without_any_handoff_is_told_to_get_one(folder: Folder) -> None:
    text = (folder.path / "handoffs.yaml").read_text(encoding="utf-8")
    start, end = text.index("  - from: briefs\n    to: utm"), text.index("  - from: landing")
    folder.write("handoffs.yaml", text[:start] + text[end:])
    assert [problem.partition("; ")[2] for problem in folder.problems()] == [
        f"add a handoff from briefs to utm with `{name}: equal`" for name in ("flight_start", "flight_end")
    ]


def test_a_choice_in_use_needs_its_words(folder: Folder) -> None:
    line = folder.change("tracking.yaml", "\n  utm_source:\n    newsletter:", "\n  source:\n    newsletter:")
    assert line
    assert folder.problems() == [
        folder.at("sources.yaml", "utm_source: Source")
        + ": sources.utm.columns.utm_source: is a choice; it needs its words: "
        "add them as vocabularies.utm_source"
    ]


def test_a_shipped_choice_nobody_uses_needs_no_words(folder: Folder) -> None:
    folder.change("tracking.yaml", "\n  status:\n", "\n  phase:\n")
    for file, line in (
        ("sources.yaml", "      page_status: Status\n"),
        ("sources.yaml", "      placement_status: Link status\n"),
        ("sources.yaml", "      campaign_status: status\n"),
        ("handoffs.yaml", "  page_status: landing\n"),
        ("handoffs.yaml", "  placement_status: utm\n"),
        ("handoffs.yaml", "  campaign_status: official\n"),
    ):
        folder.change(file, line, "")
    assert "page_status" not in folder.load().rules.fields


def test_links_need_the_section_tracking(folder: Folder) -> None:
    text = (folder.path / "tracking.yaml").read_text(encoding="utf-8")
    start, end = text.index("tracking:\n  #"), text.index("# The medium each")
    folder.write("tracking.yaml", text[:start] + text[end:])
    assert folder.problems() == [
        folder.at("tracking.yaml", "tracking_url: by_tracking") + ": generated.tracking_url: needs the section tracking"
    ]


def test_five_mistakes_of_five_kinds_in_four_files_are_five_lines(folder: Folder) -> None:
    folder.change("sheetsync.yaml", "timeout_seconds: 30", "timeout_seconds: soon")
    folder.change("sources.yaml", "mode: sidecar", "mode: sidcar")
    folder.change("sources.yaml", "flight_end: Live to", "flight_end: Live to\n      offer: Deal")
    folder.change(
        "handoffs.yaml",
        "flight_end: equal\n\n  - from: landing",
        "flight_ende: equal\n\n  - from: landing",
    )
    folder.change("tracking.yaml", "affiliate: {medium: affiliate}", "affiliate: {medum: affiliate}")
    assert folder.problems() == [
        folder.at("handoffs.yaml", "flight_ende: equal")
        + ": handoffs[2].contracts.flight_ende: no field of that name; did you mean 'flight_end'?",
        folder.at("sheetsync.yaml", "timeout_seconds: soon")
        + ": google.timeout_seconds: text where a number is needed",
        folder.at("sources.yaml", "mode: sidcar")
        + ": sources.landing.mode: must be observe, sidecar or columns; did you mean 'sidecar'?",
        folder.at("sources.yaml", "offer: Deal")
        + ": sources.utm.columns.offer: 'briefs' owns it and no handoff covers this copy; "
        "add `offer: equal` to handoffs[2].contracts",
        folder.at("tracking.yaml", "affiliate: {medum")
        + ": channels.affiliate.medum: no setting of that name; did you mean 'medium'?",
    ]


def test_whatever_five_mistakes_are_made_together_each_is_told(folder: Folder) -> None:
    together = ("owner", "mode", "placeholder", "host with a scheme", "same header")
    for name in together:
        folder.change(MISTAKES[name].file, MISTAKES[name].old, MISTAKES[name].new)
    problems = folder.problems()
    assert len(problems) == len(together)
    assert all(any(MISTAKES[name].said in problem for problem in problems) for name in together)


def test_a_word_with_a_comma_in_it_is_no_word_of_a_list(folder: Folder) -> None:
    line = folder.change(
        "handoffs.yaml", "\naliases:", "\nfields:\n  p: {label: P, type: list, of: campaign, vocabulary: w}\naliases:"
    )
    folder.change("tracking.yaml", "\nvocabularies:\n", "\nvocabularies:\n  w: {'North, South': [], East: []}\n")
    assert line
    assert folder.problems() == [
        folder.at("tracking.yaml", "w: {'North")
        + ": vocabularies.w.North, South: holds a comma, which parts the words of a list"
    ]


def test_mistakes_of_ranges_lines_and_lists_are_told_all_at_once(folder: Folder) -> None:
    fields = "\nfields:\n" + "".join(
        f"  {name}: {{label: L, {said}}}\n"
        for name, said in {
            "one": "type: text, of: campaign, until: flight_end",
            "two": "type: list, of: campaign, vocabulary: nowhere",
        }.items()
    )
    folder.change("handoffs.yaml", "\naliases:", fields + "aliases:")
    folder.change(
        "sources.yaml", "    generated: [tracking_url]\n", "    generated: [tracking_url]\n    struck_means: gone\n"
    )
    problems = folder.problems()
    assert len(problems) == 3
    for at, said in (
        (folder.at("handoffs.yaml", "one: {"), "fields.one.until"),
        (folder.at("handoffs.yaml", "two: {"), "fields.two.vocabulary"),
        (folder.at("sources.yaml", "struck_means: gone"), "sources.utm.struck_means"),
    ):
        assert any(problem.startswith(f"{at}: {said}: ") for problem in problems), problems
