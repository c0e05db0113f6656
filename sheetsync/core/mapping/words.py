"""Words that betray what a column holds, in six languages and more: lists that age, kept apart from their rules.

They tell columns apart. What a word means is said by a team's own vocabularies; those of status and channel begin as
what stands here (`config.writing`).
"""

from typing import Final


def listed(text: str) -> tuple[str, ...]:
    """The words of a list as it is written here: parted by commas, over any number of lines."""
    return tuple(word for part in text.split(",") if (word := " ".join(part.split())))


#: in a first configuration these are a team's own words, to be changed; in a column nobody has described they betray it
STATUS: Final = {
    "planned": listed(
        """
        planned, plan, upcoming, scheduled later, not started, not yet started, not begun, to come, noch nicht begonnen,
        nicht begonnen, noch nicht gestartet, nicht gestartet, kommt noch, pas commencé, pas encore commencé, à venir,
        à démarrer, sin empezar, sin iniciar, no iniciada, no iniciado, por empezar, da iniziare, da avviare, non ancora
        iniziata, nog niet begonnen, niet begonnen, niet gestart, nog te starten, no empezada, no
        empezado, non iniziata, to do, todo,
        open, draft, new, idea, pending, on hold, paused, pausiert, en pause, pausada, pausado, in pausa, gepauzeerd,
        publish, publish full,
        waiting, proposed, confirmed, backlog, geplant, offen, Entwurf, neu,
        vorgemerkt, in Planung, planifié, planifiée, prévu, prévue, à faire, brouillon, en attente, planificada,
        planificado, previsto, prevista, pendiente, borrador, por hacer, pianificata, pianificato, in attesa, bozza, da
        fare, gepland, nog niet gestart, concept, open staand, zaplanowana, zaplanowany, planowana, planejado, planeada,
        planejada, planerad, planlagt
        """
    ),
    "in_progress": listed(
        """
        in progress, WIP, in build, building, in production, in review, in work, ongoing, started, submitted, sent for
        approval, in development, in Arbeit, in Bearbeitung, laufend, in Vorbereitung, begonnen, en cours, en
        préparation, en curso, en proceso, en preparación, in corso, in lavorazione, bezig, mee bezig, in behandeling,
        onderhanden, w toku, em andamento, pågående, i gång
        """
    ),
    "ready": listed(
        """
        ready, ready to publish, ready to launch, bereit zum Versand, versandfertig, startklar, prêt à publier, prête à
        publier, prêt à envoyer, prête à envoyer, lista para publicar, listo para publicar, lista para enviar, listo
        para enviar, pronta da pubblicare, pronto da pubblicare, klaar voor verzending, klaar voor publicatie, klaar om
        te verzenden, ready to go, ready to post, ready to send, scheduled, approved, ok, done building, for publishing,
        ready for upload, bereit, fertig, freigegeben, eingeplant, prêt, prête, validée, listo, lista, aprobada,
        aprobado,
        pronto, pronta, approvata, approvato, klaar, klaar om te versturen, klaar voor livegang, gereed, goedgekeurd,
        gotowa, gotowe, gotowy, redo, klar
        """
    ),
    "live": listed(
        """
        live, online, published, post engagement,
        active, running, on air, uploaded, aktiv, veröffentlicht, läuft, en ligne, publié,
        publiée, actif, en vivo, activa, activo, publicada, publicado, attiva, attivo, pubblicata, pubblicato, actief,
        gepubliceerd, aktywna, opublikowana, ativa, ativo, publicerad
        """
    ),
    "done": listed(
        """
        done, completed, complete, ended, finished, sent, closed, expired, beendet, abgeschlossen, erledigt, versendet,
        gesendet, terminé, terminée, fini, envoyé, terminada, terminado, finalizada, finalizado, enviado, completata,
        completato, terminata, conclusa, finito, inviata, inviato, afgerond, voltooid, verzonden, klaar en verzonden,
        zakończona, zakończone, zakończony, concluída, concluído, avslutad, afsluttet
        """
    ),
    "cancelled": listed(
        """
        cancelled, canceled, stopped, rejected, dropped, killed, abgesagt, storniert, gestoppt, annulé,
        annulée, cancelada, cancelado, annullata, annullato, geannuleerd, gestopt, anulowana, anulowany, anulowane,
        aflyst
        """
    ),
}

CHANNEL: Final = {
    "email": ("e-mail", "em", "mail", "newsletter", "nl", "crm", "edm", "mailing", "courriel", "correo"),
    "social": (
        "organic social",
        "social organic",
        "social media",
        "soziale Medien",
        "réseaux sociaux",
        "redes sociales",
        "sociale media",
    ),
    "paid_social": ("paid social", "social ads", "social paid", "social (paid)", "paid-social"),
    "paid_search": ("paid search", "sem", "sea", "ppc", "search", "search ads", "google search", "cpc"),
    "display": ("banner", "banners", "display ads", "programmatic", "onsite", "on-site", "homepage"),
    "affiliate": ("affiliates", "affiliate marketing", "affiliation"),
    "sms": ("text message", "text", "mms"),
    "push": ("push notification", "app push", "web push", "notification"),
    "app": ("in-app", "in app", "mobile app"),
    "influencer": ("influencers", "influenceurs", "influenceuse", "influenceur", "creator", "creators"),
    "video": ("ctv", "online video", "ott", "tv"),
    "print": ("press", "presse", "prensa", "stampa", "pers", "flyer", "direct mail", "magazine", "brochure"),
    "radio": ("audio",),
    "ooh": ("dooh", "out of home", "billboard", "outdoor"),
}

PLATFORM: Final = {
    "instagram": ("ig", "insta", "instagram stories", "instagram reels"),
    "facebook": ("fb", "facebook ads", "fb-ig", "fb/ig"),
    "meta": ("meta ads",),
    "tiktok": ("tiktok ads", "tik tok", "tt"),
    "google ads": ("google", "adwords", "gads", "google display", "dv360"),
    "youtube": ("yt", "youtube ads"),
    "linkedin": ("linkedin ads", "li"),
    "x": ("twitter",),
    "pinterest": (),
    "snapchat": ("snap",),
    "reddit": (),
    "microsoft ads": ("bing", "bing ads"),
    "spotify": (),
    "klaviyo": (),
    "mailchimp": (),
    "whatsapp": (),
    "awin": (),
    "criteo": (),
    "outbrain": (),
    "taboola": (),
    "amazon": ("amazon ads",),
    "threads": (),
}

UTM_SOURCE: Final = {
    "facebook": ("fb", "meta", "facebook.com"),
    "instagram": ("ig", "insta"),
    "google": ("google ads", "adwords"),
    "newsletter": ("nl", "klaviyo", "mailchimp", "braze", "hubspot", "crm"),
    "bing": ("microsoft",),
    "tiktok": (),
    "linkedin": (),
    "twitter": ("x", "t.co"),
    "youtube": ("yt",),
    "pinterest": (),
    "snapchat": (),
    "reddit": (),
    "awin": ("cj", "impact", "rakuten", "tradedoubler"),
    "taboola": ("outbrain", "criteo"),
    "spotify": (),
    "whatsapp": (),
    "partner": (),
}

UTM_MEDIUM: Final = {
    "email": ("e-mail", "e_mail"),
    "cpc": ("ppc", "paidsearch", "paid_search", "paid-search", "sem"),
    "cpm": ("display", "banner", "programmatic"),
    "paid_social": ("paidsocial", "paid-social", "paid social", "social_paid"),
    "social": ("organic_social", "social-media", "organic"),
    "affiliate": ("affiliates",),
    "referral": (),
    "sms": (),
    "push": (),
    "video": (),
    "audio": (),
    "influencer": (),
    "qr": ("print", "offline"),
}

#: parts of a text that speaks of time without naming a day
TIME: Final = frozenset(
    listed(
        """
        anfang, asap, autumn, cw, early, ende, fall, friday, fruhjahr, fruhling, herbst, kw, late, mid, mitte, mois,
        monat, monday, month, ongoing, q1, q2, q3, q4, quartal, quarter, semaine, semana, settimana, sommer, spring,
        summer, tbd, today, tomorrow, week, winter, wk, year-round
        """
    )
)
