"""Header words as teams write them, enough to find the tables of the stories: a stand-in for the real spellings."""

import re
from collections.abc import Collection

from sheetsync.core.fields.texts import bare

_WORDS = {
    "campaign_id": "campaign id, id, ref, kampagnen-nr., campaign no., campaign ref, kamp.-nr., io#, no., cid",
    "campaign_name": "campaign, campaign name, title, promo, promotion, kampagne, name, campagne",
    "partner": "partner, brand, client, kunde, marke, partenaire, socio, retailer, advertiser, merchant",
    "campaign_status": "status, statut, estado, stato, campaign status",
    "flight_start": "start, starts, start date, launch date, go live, beginn, debut, date de debut, startdatum,"
    " fecha de inicio, data di inizio, data rozpoczecia, valid from, live from,"
    " launch, flight, dates, date, window, week of",
    "flight_end": "end, ends, end date, ende, fin, date de fin, enddatum, einddatum, fecha de fin, data di fine,"
    " data zakonczenia, valid to, live to",
    "offer": "offer, angebot, deal, discount, price",
    "promo_code": "promo code, code, gutscheincode, code promo, codigo promocional, codice sconto, kortingscode,"
    " kod rabatowy, coupon, codes",
    "legal_line": "legal line, rechtstext, legal",
    "budget": "budget, ask, kosten, budget chf, budget eur",
    "landing_page": "landing page, url, zielseite, landing page url, destination",
    "tracking_url": "tracking url, tracked link, tracking link",
    "brand_approval": "approved, brand approval",
    "owner_person": "owner, responsable, verantwortlich, who, builder",
    "notes": "notes, note, remarques, bemerkungen, bemerkung, notas, opmerkingen, uwagi, comments, internal notes",
    "channel": "channel, kanal, medium",
    "slot": "slot, placement, platzierung, ad",
    "subject": "subject, subject line, betreff",
    "send_time": "send time, send date, versand, send",
    "creative": "creative, version, motiv",
    "utm_source": "utm_source, source",
    "utm_medium": "utm_medium",
    "utm_campaign": "utm_campaign",
    "utm_content": "utm_content",
    "region": "region, country, land, market",
    "audience": "audience, segment",
    "asset_due": "asset due, assets due",
    "platform": "platform",
}
_FIELDS: dict[str, list[str]] = {}
for _field, _spellings in _WORDS.items():
    for _word in _spellings.split(","):
        _FIELDS.setdefault(_word.strip(), []).append(_field)
_REMARK = re.compile(r"\s*\([^)]*\)")


def names(text: str) -> Collection[str]:
    """The fields a header may name."""
    return _FIELDS.get(_REMARK.sub("", bare(text)).strip(" :*"), ())
