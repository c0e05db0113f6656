"""What the web's parameters and hosts are called: lists that age, kept apart from the rules that read them.

Source: the tracking-URL discipline collected from platform help pages (click ids as each platform appends them). All
names are lower case. They are defaults: `TrackingRules` takes other lists.
"""

from typing import Final

#: Parameters a platform appends for one click or one recipient. Pasted along with a link, they attribute other people's
#: visits to that click. Only names nobody gives a page of their own: never `ref`, `cid`, `source`, `promo`.
CLICK_IDS: Final = frozenset(
    {
        *("gclid", "gclsrc", "gbraid", "wbraid", "dclid", "gad_source", "gad_campaignid", "srsltid"),  # Google
        *("_ga", "_gl"),  # Google Analytics
        *("fbclid", "igshid", "igsh"),  # Meta
        *("msclkid", "ttclid", "twclid", "li_fat_id", "epik", "sccid", "rdt_cid", "yclid", "ysclid"),  # other platforms
        *("mc_cid", "mc_eid", "_kx", "_hsenc", "_hsmi", "mkt_tok", "vero_id", "oly_enc_id", "oly_anon_id"),  # e-mail
        *("irclickid", "irgwc", "cjevent", "ef_id", "s_kwcid", "wickedid"),  # affiliate networks and bid managers
    }
)

#: Short links hide the page behind them: a tag put on one may get lost, and resolving it here would be a guess.
SHORT_HOSTS: Final = (
    *("bit.ly", "tinyurl.com", "t.co", "goo.gl", "ow.ly", "buff.ly", "rebrand.ly", "lnkd.in", "t.ly", "is.gd"),
    *("cutt.ly", "rb.gy", "shorturl.at", "short.io", "tiny.cc", "amzn.to", "fb.me", "youtu.be", "s.id", "dub.sh"),
)

#: Parts of a host label that betray a host customers must never be sent to.
STAGING_MARKS: Final = (
    *("staging", "stage", "stg", "dev", "develop", "development", "test", "testing", "preview", "preprod", "nonprod"),
    *("qa", "uat", "sandbox", "draft", "localhost"),
)

#: Last labels that never leave the building (RFC 6761, RFC 6762, RFC 8375, and what routers invent).
LOCAL_SUFFIXES: Final = frozenset({"localhost", "local", "localdomain", "lan", "internal", "intranet", "arpa"})

#: Parameter names whose very presence says that a person's data travels in the URL, which analytics terms forbid.
PERSONAL_PARAMETERS: Final = frozenset(
    {
        *("email", "e-mail", "e_mail", "email_address", "emailaddress", "phone", "phone_number", "tel", "telephone"),
        *("msisdn", "first_name", "firstname", "fname", "last_name", "lastname", "lname", "full_name", "fullname"),
        *("surname", "dob", "birthdate", "date_of_birth", "ssn"),
    }
)
