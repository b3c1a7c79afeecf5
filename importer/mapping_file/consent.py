"""Tells from a name whether it says who wants messages, or who does not."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Sense = Literal["in", "out", ""]

# Parts of names without blanks, case and accents, in the languages of the exports we know.  Those
# of "out" are looked for first, because many hold a word of "in" (unsubscribed, disiscritto).
_OUT = (
    # English
    r"opt(?:ed|ing|s)?out",
    r"unsub",
    r"do(?:es)?not|dont(?:call|mail|email|contact|sms)|notsubscri|notinterested",
    r"no(?:e?mail|newsletter|sms|contact|marketing|promo|consent)",
    r"suppress|blacklist|blocklist",
    # German
    r"abgemeldet|abmeld|abbestell|widerspr|widerruf|werbesperre|kein(?:e|en)?(?:werbung|newsletter|mail)",
    # French
    r"des(?:abon|inscri)|nepas|refus|sansnewsletter",
    # Spanish, Portuguese, Italian
    r"desuscri|debaja|noenviar|descadast|cancelouinscri|disiscri|nonvuole|naoenviar|naoquer|revoca",
    # Dutch, Polish, Swedish
    r"afgemeld|uitgeschreven|uitschrij|wypis|rezygn|avregistr|avsagt",
    # Russian, Indonesian, Chinese, Japanese
    r"отпис|berhentiberlangganan|退订|退訂|取消订阅|配信停止|購読解除",
)
_IN = (
    r"opt(?:ed|ing|s)?in",
    r"subscri|newsletter|consent|accepts?(?:e?mail|sms|marketing|promo)|mayemail|allow(?:e?mail|sms)",
    r"marketingpermission|permission(?:to)?(?:e?mail|sms|market|contact)|wants(?:e?mail|sms|news)",
    r"einwillig|zustimm|angemeldet|anmeldung|werbeerlaub|abonn",
    r"inscri|accepte|suscri|acepta|aceita|consenso|iscritt|iscrizion|accetta",
    r"aangemeld|ingeschreven|toestemming|zgoda|samtyck|prenumer",
    r"подпис|соглас|berlangganan|订阅|訂閱|購読|配信希望|izinli|abone",
)
_OUT_PATTERN, _IN_PATTERN = re.compile("|".join(_OUT)), re.compile("|".join(_IN))


def sense_of(name: str) -> Sense:
    """Give "in" for a name such as Newsletter or Opt-in, "out" for Unsubscribed, else ""."""
    bare = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(character for character in bare if character.isalpha())
    if _OUT_PATTERN.search(letters):
        return "out"
    return "in" if _IN_PATTERN.search(letters) else ""
