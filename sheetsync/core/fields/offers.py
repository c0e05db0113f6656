"""Offers as people word them: "20% off", "25 € ab 100 €", "BOGO 50%", "$49 bundle", "Gratis-Versand".

A text is taken apart from the outside: first what is said about a code, then the minimum spend, then one of a closed
list of wordings; whatever is left must say what the offer is on. What does not fit completely is not understood.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from sheetsync.core.fields import decimals
from sheetsync.core.fields.currencies import CURRENCY
from sheetsync.core.fields.dialects import Dialect
from sheetsync.core.fields.money import MONEY, amounts, money_of, money_text
from sheetsync.core.fields.taken_back import CALLED_OFF, NEGATION, UNSURE
from sheetsync.core.fields.texts import ambiguous, bare, claims_nothing, unreadable
from sheetsync.core.model import Money, Offer, OfferKind, Problem

_LONGEST = 120
_NO_OFFER = frozenset({"none", "no offer", "kein angebot", "keine aktion", "no promo", "sans offre"})

_PERCENT = r"(?:- ?)?(?P<percent>[0-9]+(?:[.,][0-9]+)?) ?(?:%|percent|prozent|pct)"
#: "%20", as Turks write
_SIGN_FIRST = re.compile(r"^% ?([0-9]+(?:[.,][0-9]+)?)(?![0-9%])")
_OFF = (
    r"(?:off|discount|sale|rabatt|nachlass|reduziert|sparen|korting"
    r"|(?:de )?(?:reduction|remise|rabais)|(?:de )?(?:descuento|d(?:c)?to\.?)|(?:di )?sconto)"
)
_SAVE = r"(?:(?:save|get|take|extra|an extra|enjoy|sparen?|spare|jetzt|now|economisez|ahorra|risparmia) )*"
_TAIL = r"(?P<on>(?: .*)?)"
_BOGO = r"(?:bogo|b1g1|buy (?:one|1),? get (?:one|1)|(?:2|two) (?:for|fur) (?:1|one))"
_FREE = r"(?:free|gratis|kostenlose[rs]?|kostenfreie[rs]?|gratuit(?:e?s?|[ao]s?|i)|offert(?:e?s?|a|o|i))"
_SECOND = r"(?:2(?:nd|\.|e|eme|o|a|er)?|second|zweite[rs]?|deuxieme|segund[oa]|second[oa]|tweede)"
#: what the second one is called
_ONE = (
    r"(?:item|pair|piece|product|unit|one|artikel|stuck|produkt|article|produit|unidad|articulo|prenda|pezzo|articolo"
    r"|stuk)"
)
_HALF = r"(?:half (?:off|price)|(?:zum |a |aan )?(?:halben preis|moitie prix|mitad de precio|meta prezzo|halve prijs))"
_POSTAGE = r"(?:frais de port|port|fdp|gastos de envio|spese di spedizione|verzendkosten|versandkosten|versand)"
_GOODS = r"(?P<on>(?:[^\W\d_]+ ){0,2}(?:bundle|set|kit|pack|box|paket|combo|ticket|pass|menu|meal|coffret|duo|trio))"
#: "bundle price", "Paketpreis", and in brackets what it is made of
_BUNDLE_PRICE = (
    r"(?P<bundle>bundle|paket|set|combo|pack|pakket|bundel)[ -]?(?:price|preis|prijs)(?: \([^()]+ \+ [^()]+\))?"
)

_PRICE = r"(?:price|preis|prix|precio|prezzo|prijs)"

_CODE = re.compile(r",? (?:(?:with|use|using|mit|avec|con) )?(?:the )?(?:promo ?)?(?:code|gutscheincode):? [^ ]+$")
_ORDERS = (
    r"(?:(?:any|all|your) )?(?:orders?|purchases?|einkauf|bestellwert|einkaufswert|mbw"
    r"|d'achats?|de compras?|di spesa|di acquisti|besteding|bestelling)"
)
_MINIMUM = tuple(
    re.compile(shape)
    for shape in (
        rf"^spend (?P<least>{MONEY})\+?,? (?:(?:and|to) )?(?=get|save)",
        rf"(?<=off) (?:(?:on )?{_ORDERS} (?:of|over|above|from) )?(?P<least>{MONEY})\+?(?: or more)?$",
        rf",? (?:(?:on|for|auf|bei|sur) )?(?:{_ORDERS} )?(?:from|over|above|of|ab|von|uber|des|desde|da|vanaf"
        r"|when you spend"
        rf"|(?:mit )?min(?:imum|destens|\.)?(?: spend)?(?: of)?|mbw|a partir de|a partire da)"
        rf" (?:(?:einem )?{_ORDERS} (?:von )?)?(?P<least>{MONEY})\+?(?: or more)?(?: {_ORDERS})?$",
        rf" (?P<least>{MONEY})\+$",
    )
)

#: words before what an offer is on, and what means "on everything"
_ON = re.compile(r"^(?:(?:on|auf|sur|for|fur|en|su|op|of|all|alle|the|die|das|your) )+")
_EVERYTHING = frozenset(
    {
        "",
        "alles",
        "everything",
        "sitewide",
        "site-wide",
        "storewide",
        "entire order",
        "entire purchase",
        "your order",
        "your purchase",
        "orders",
        "order",
        "items",
        "products",
        "all",
        "tout",
        "todo",
        "tutto",
        "sortiment",
        "gesamte sortiment",
        "ganze sortiment",
        "artikel",
        "produkte",
        "toute la boutique",
        "tout le site",
        "articles",
        "produits",
        "toda la tienda",
        "toda la web",
        "todos los productos",
        "tutti i prodotti",
        "tutto il sito",
        "hele assortiment",
        "producten",
        "artikelen",
        "off",
    }
)
_CLEAN = re.compile(r"[^\W\d_]+(?:[ '-][^\W\d_]+){0,3}")
#: a tail with one of these is a remark about the offer or a second offer, not a thing on sale
_REMARK = re.compile(
    r"\b(?:tba|ask|pending|check|legal|confirm|noch|or|oder|and|und|plus|if|wenn|only|nur|confirmed|approval|draft"
    r"|until|bis|from|ab|max|up|code|kein|keine|except|excluding|ausser|ohne|without|voucher|gutschein|credit"
    r"|tentative|provisional|probably|likely|proposed|subject to|instead|was|were|formerly|previously|expired|ended"
    r"|eventuell|ggf|vorlaufig|wahrscheinlich|bestatigt|freigabe|statt|war|bisher|vorher|entwurf|prufen|klaren"
    r"|provisoire|probablement|confirmee?|confirmer|valider|verifier|sous reserve|etait|avant|sauf|hors|ou|aucune?"
    r"|provisional|probablemente|confirmad[oa]|confirmar|pendiente|aprobar|era|antes|salvo|excepto"
    r"|provvisori[oa]|probabilmente|confermat[oa]|confermare|verificare|eccetto|escluso|invece"
    r"|voorlopig|waarschijnlijk|bevestigd|bevestigen|eventueel|mogelijk|onder voorbehoud|behalve|geen|nog)\b"
)
#: a bracket that changes nothing
_CONFIRMED = re.compile(r" ?\((?:confirmed|final|fix|bestatigt|confirmee?|confirmad[oa]|confermat[oa]|bevestigd)\)$")
_REMARKS = (_REMARK, UNSURE, NEGATION, CALLED_OFF)
#: no thing on sale has a number or a share of its own
_NO_THING = re.compile(r"[0-9%?？]")
_IN_BRACKETS = re.compile(r"(?P<offer>.*[^ ]) ?\((?P<remark>[^()]*)\)")
_SHIPPING = frozenset({"shipping", "versand", "livraison", "envio", "spedizione", "verzending", "delivery"})

_SHARES = frozenset({OfferKind.PERCENT_OFF, OfferKind.BOGO})


@dataclass(frozen=True, slots=True)
class _Words:
    """A wording that fits, the dialect it was written in, and the minimum spend it stated."""

    parts: Mapping[str, str | None]
    dialect: Dialect
    least: Money | None

    def part(self, name: str) -> str:
        return self.parts.get(name) or ""


_Reader = Callable[[_Words], Offer | None]


def read_offer(text: str, dialect: Dialect) -> Offer | Problem | None:
    """The offer a text words; None where it words none ("TBD", "kein Angebot").

    A Problem when it is not understood as a whole; with candidates for a bare amount or number, which may be a discount
    or a price, and for "up to 50% off".
    """
    if claims_nothing(text, _NO_OFFER):
        return None
    if (canonical := _canonical(text)) is not None:
        return canonical
    plain = _SIGN_FIRST.sub(r"\1%", bare(text).rstrip(" .!"))
    if len(plain) > _LONGEST:
        return unreadable(text, "is no offer")
    plain = _CONFIRMED.sub("", _CODE.sub("", plain))
    if offer := _worded(plain, dialect):
        return offer
    if (found := _IN_BRACKETS.fullmatch(plain)) and (offer := _worded(found["offer"], dialect)):
        other = _worded(_without_doubt(found["remark"]), dialect)
        return ambiguous(text, "says more in brackets", [offer_text(one) for one in (offer, other) if one])
    limit = re.match(r"(?:up to|bis zu|jusqu'a|hasta) ", plain)
    if limit and (offer := _worded(plain[limit.end() :], dialect)):
        return ambiguous(text, "is only a limit", [offer_text(offer)])
    return _bare_amount(plain, dialect, text)


def percent_off(percent: Decimal) -> Offer:
    """The offer a cell formatted as percent states: 20 (percent points) is 20 % off."""
    return Offer(OfferKind.PERCENT_OFF, abs(percent))


def offer_text(offer: Offer) -> str:
    """Canonical text: what, then from which spend, then on what: "25.00 USD off from 100.00 USD (shoes)"."""
    match offer.kind:
        case OfferKind.PERCENT_OFF:
            head = f"{decimals.plain(offer.amount)}% off"
        case OfferKind.AMOUNT_OFF:
            head = f"{money_text(Money(offer.amount, offer.currency))} off"
        case OfferKind.FIXED_PRICE:
            head = f"{money_text(Money(offer.amount, offer.currency))} price"
        case OfferKind.BOGO:
            head = f"BOGO {decimals.plain(offer.amount)}%"
        case OfferKind.FREE:
            head = "free"
    least = "" if offer.minimum_spend is None else f" from {money_text(Money(offer.minimum_spend, offer.currency))}"
    return head + least + (f" ({offer.on})" if offer.on else "")


_AMOUNT = r"-?[0-9]+\.[0-9]{2,}(?: [A-Z]{3})?"
_CANONICAL = re.compile(
    r"(?:(?P<percent>-?[0-9.]+)% off|BOGO (?P<bogo>-?[0-9.]+)%|(?P<free>free)"
    rf"|(?P<money>{_AMOUNT}) (?P<kind>off|price))(?: from (?P<least>{_AMOUNT}))?(?: \((?P<on>.+)\))?",
    re.DOTALL,
)


def offer_of(text: str) -> Offer:
    """The inverse of `offer_text`; ValueError for anything else."""
    found = _CANONICAL.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no canonical offer")
    least = money_of(found["least"]) if found["least"] else None
    tail = (least.currency if least else None, least.amount if least else None, found["on"] or "")
    if found["money"]:
        kind = OfferKind.AMOUNT_OFF if found["kind"] == "off" else OfferKind.FIXED_PRICE
        money = money_of(found["money"])
        return Offer(kind, money.amount, money.currency, *tail[1:])
    if found["percent"]:
        return Offer(OfferKind.PERCENT_OFF, decimals.exact(found["percent"]), *tail)
    if found["bogo"]:
        return Offer(OfferKind.BOGO, decimals.exact(found["bogo"]), *tail)
    return Offer(OfferKind.FREE, Decimal(0), *tail)


# ---------------------------------------------------------------- wordings


def _canonical(text: str) -> Offer | None:
    """The offer of a canonical text, unless a share is more than the whole ("200% off"), or its brackets doubt it."""
    try:
        offer = offer_of(text.strip())
    except ValueError:
        return None
    impossible = offer.kind in _SHARES and not 0 < offer.amount <= 100
    return None if impossible or _NO_THING.search(offer.on) or _is_remark(bare(offer.on)) else offer


def _worded(plain: str, dialect: Dialect) -> Offer | None:
    head, least = _without_minimum(plain, dialect)
    for shape, read in _WORDINGS:
        if (found := shape.fullmatch(head)) and (offer := read(_Words(found.groupdict(), dialect, least))):
            return offer
    return None


def _without_minimum(plain: str, dialect: Dialect) -> tuple[str, Money | None]:
    for shape in _MINIMUM:
        if (found := shape.search(plain)) and (least := _money(found["least"], dialect)):
            return (plain[: found.start()] + " " + plain[found.end() :]).strip(), least
    return plain, None


def _money(text: str, dialect: Dialect) -> Money | None:
    found = amounts(text.strip(), dialect)
    return found[0] if len(found) == 1 else None


def _names_currency(text: str) -> bool:
    return re.search(CURRENCY, text) is not None


def _is_remark(plain: str) -> bool:
    return any(shape.search(plain) for shape in _REMARKS)


def _without_doubt(remark: str) -> str:
    for shape in _REMARKS:
        remark = shape.sub("", remark)
    return " ".join(remark.split()).strip(" ?:,")


def _subject(tail: str) -> str | None:
    """What an offer is on: "" for everything, None when the tail is not a thing on sale."""
    words = _ON.sub("", tail.strip())
    if words in _EVERYTHING:
        return ""
    if not _CLEAN.fullmatch(words) or _is_remark(words):
        return None
    return "shipping" if words in _SHIPPING else words


def _offer(kind: OfferKind, amount: Decimal | None, words: _Words, on: str, money: Money | None = None) -> Offer | None:
    subject = _subject(on)
    if subject is None or amount is None or (kind in _SHARES and not 0 < abs(amount) <= 100):
        return None
    currencies = {m.currency for m in (money, words.least) if m and m.currency}
    if len(currencies) > 1:
        return None
    least = words.least.amount if words.least else None
    return Offer(kind, abs(amount), next(iter(currencies), None), least, subject)


def _percent(words: _Words) -> Decimal | None:
    return decimals.reading(words.part("percent")).under(words.dialect.decimal_comma)


def _read_percent(words: _Words) -> Offer | None:
    return _offer(OfferKind.PERCENT_OFF, _percent(words), words, words.part("on"))


def _read_bogo(words: _Words) -> Offer | None:
    share = Decimal(50) if words.part("half") else _percent(words) if words.part("percent") else Decimal(100)
    return _offer(OfferKind.BOGO, share, words, words.part("on"))


def _read_free(words: _Words) -> Offer | None:
    offer = _offer(OfferKind.FREE, Decimal(0), words, words.part("on"))
    return offer if offer and offer.on else None


def _read_free_shipping(words: _Words) -> Offer | None:
    return _offer(OfferKind.FREE, Decimal(0), words, "shipping")


def _reads_money(kind: OfferKind, needs_minimum: bool = False) -> _Reader:
    def read(words: _Words) -> Offer | None:
        money = _money(words.part("money"), words.dialect)
        # "25 off" may be percent, so an amount must say that it is money
        if money is None or not _names_currency(words.part("money")) or (needs_minimum and words.least is None):
            return None
        return _offer(kind, money.amount, words, words.part("on"), money)

    return read


def _read_bundle(words: _Words) -> Offer | None:
    price = _reads_money(OfferKind.FIXED_PRICE)(words)
    return price and replace(price, on="set" if words.part("bundle") == "set" else "bundle")


_MONEY = rf"(?P<money>{MONEY})"
#: "20% off", "20%off", "20%-off"
_NEAR = r"[ -]{0,3}"
_WORDINGS: tuple[tuple[re.Pattern[str], _Reader], ...] = tuple(
    (re.compile(shape), read)
    for shape, read in (
        (rf"{_SAVE}{_PERCENT}(?:{_NEAR}{_OFF})?{_TAIL}", _read_percent),
        (
            rf"{_BOGO}(?:[ :,-]*(?:at )?(?:(?P<half>half (?:off|price))|{_PERCENT}|free|gratis))?(?: off)?{_TAIL}",
            _read_bogo,
        ),
        (
            rf"(?:(?:the|der|die|das|le|la|el|il|lo|de|het) )?{_SECOND} (?:{_ONE} )?"
            rf"(?:(?:at|for|fur|zu|a|al|pour|voor|met) )?"
            rf"(?:(?P<half>{_HALF})|{_PERCENT})(?: {_OFF})?(?P<on>)",
            _read_bogo,
        ),
        (rf"{_POSTAGE} {_FREE}|{_FREE} {_POSTAGE}", _read_free_shipping),
        (r"(?:versandkostenfrei|gratisversand|gratis-versand|free-shipping)", _read_free_shipping),
        (rf"{_FREE}[ -](?P<on>.+)", _read_free),
        (rf"(?P<on>[^\W\d_]+) {_FREE}", _read_free),
        (rf"{_SAVE}{_MONEY}{_NEAR}{_OFF}{_TAIL}", _reads_money(OfferKind.AMOUNT_OFF)),
        (rf"(?:save|get|spare|sparen?|economisez|ahorra) {_MONEY}{_TAIL}", _reads_money(OfferKind.AMOUNT_OFF)),
        (_MONEY, _reads_money(OfferKind.AMOUNT_OFF, needs_minimum=True)),
        (rf"(?:only |just |now |nur |jetzt )?{_MONEY} {_GOODS}", _reads_money(OfferKind.FIXED_PRICE)),
        (rf"(?:only |just |now |nur |jetzt )?{_MONEY} {_BUNDLE_PRICE}", _read_bundle),
        (rf"{_GOODS}:?(?: (?:for|fur|at|now|only|nur|pour|por|a))? {_MONEY}", _reads_money(OfferKind.FIXED_PRICE)),
        (
            rf"(?:only|just|now|nur|jetzt|for|fur|pour|por|per|voor|{_PRICE}:?) {_MONEY}",
            _reads_money(OfferKind.FIXED_PRICE),
        ),
        (rf"{_MONEY} {_PRICE}", _reads_money(OfferKind.FIXED_PRICE)),
    )
)


def _bare_amount(plain: str, dialect: Dialect, raw: str) -> Offer | Problem:
    """What a bare number can be: a share in a column of shares, otherwise a discount or a price."""
    money = _money(plain, dialect)
    if money is None:
        return unreadable(raw, "is no offer")
    if not _names_currency(plain):
        if dialect.fraction_percent and 0 < abs(money.amount) < 1:
            return percent_off(money.amount * 100)
        if dialect.percent_points and 1 <= abs(money.amount) <= 100:
            return percent_off(money.amount)
    if plain.startswith("-") and _names_currency(plain):
        return Offer(OfferKind.AMOUNT_OFF, abs(money.amount), money.currency)
    amount, percent = Money(abs(money.amount), money.currency), percent_off(money.amount)
    readings = [Offer(OfferKind.AMOUNT_OFF, amount.amount, amount.currency)]
    readings.append(Offer(OfferKind.FIXED_PRICE, amount.amount, amount.currency))
    if not _names_currency(plain):
        readings.insert(0, percent)
    return ambiguous(raw, "does not say whether it is a discount or a price", [offer_text(o) for o in readings])
