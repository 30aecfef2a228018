"""A piece as its channel shows it: quiet shapes in the place of pictures and signs, nobody's mark copied."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from apps.marketing.channels.sms import measure
from apps.marketing.page.marking import Marker
from apps.marketing.page.words import safe, told
from apps.marketing.results import Variant
from apps.marketing.sheet import Sheet

__all__ = ["preview_html"]

SHOWN_HEADLINES, SHOWN_DESCRIPTIONS = 3, 2
"""Of a responsive ad a search page takes so many at a time."""
CUT_AFTER = 150
"""Characters of LinkedIn's introduction before "more"."""
_URL = re.compile(r"https?://[^\s<]+")


@dataclass(frozen=True)
class Shown:
    """A variant with who it is from. sheet: None where it cannot be read any more."""

    variant: Variant
    marker: Marker
    sheet: Sheet | None

    def texts(self, field: str) -> list[str]:
        """Each as HTML with its marks."""
        return [self.marker.html(text, field, at) for at, text in enumerate(self.variant.fields.get(field, ()))]

    def one(self, field: str) -> str:
        return next(iter(self.texts(field)), "")

    def raw(self, field: str) -> str:
        return next(iter(self.variant.fields.get(field, ())), "")

    @property
    def sender(self) -> str:
        return (self.sheet.brand or self.sheet.name) if self.sheet else ""

    @property
    def host(self) -> str:
        url = self.sheet.url if self.sheet else ""
        try:
            return urlsplit(url if "//" in url else f"//{url}").netloc
        except ValueError:
            return ""


def preview_html(variant: Variant, marker: Marker, sheet: Sheet | None) -> str:
    """The variant as a reader of the channel would meet it."""
    shown = Shown(variant, marker, sheet)
    draw = _DRAW.get(variant.channel, _plain)
    return f'<div class="mkt-screen mkt-{safe(variant.channel)}">{draw(shown)}</div>'


def _avatar(name: str, shape: str = "round") -> str:
    return f'<span class="mkt-avatar {shape}" aria-hidden="true">{safe(name.strip()[:1].upper())}</span>'


def _site(shown: Shown, paths: Sequence[str]) -> str:
    """Who and where, as above a search result."""
    crumbs = "".join(f" \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} {safe(path)}" for path in paths)
    where = f'<small dir="auto">{safe(shown.host) or "your site"}{crumbs}</small>'
    return f'<div class="site">{_avatar(shown.sender)}<span><b>{told(shown.sender)}</b>{where}</span></div>'


def _search_ad(shown: Shown) -> str:
    headlines = ' <i class="bar">|</i> '.join(shown.texts("headlines")[:SHOWN_HEADLINES])
    descriptions = " ".join(shown.texts("descriptions")[:SHOWN_DESCRIPTIONS])
    paths = shown.variant.fields.get("paths", ())
    return (
        f'<p class="sponsored">Sponsored</p>{_site(shown, paths)}<p class="title" dir="auto">{headlines}</p>'
        f'<p class="text" dir="auto">{descriptions}</p>'
    )


def _snippet(shown: Shown) -> str:
    path = urlsplit(shown.sheet.url).path.strip("/").split("/") if shown.sheet and shown.sheet.url else []
    return (
        f"{_site(shown, [part for part in path if part][:2])}"
        f'<p class="title" dir="auto">{shown.one("title")}</p><p class="text" dir="auto">{shown.one("description")}</p>'
    )


def _email(shown: Shown) -> str:
    """Each line ends where the row does, as in a list of messages; the whole texts stand below."""
    return (
        f'<div class="row" aria-hidden="true">{_avatar(shown.sender)}<span class="lines">'
        f'<span class="from"><b dir="auto">{safe(shown.sender)}</b><small>9:41</small></span>'
        f'<b class="subject" dir="auto">{safe(shown.raw("subject"))}</b>'
        f'<span class="preheader" dir="auto">{safe(shown.raw("preheader"))}</span></span></div>'
        '<div class="row ghost" aria-hidden="true"><span class="mkt-avatar round"></span>'
        '<span class="lines"><i></i><i></i><i></i></span></div>'
    )


def _sms(shown: Shown) -> str:
    text = shown.raw("text")
    size = measure(text)
    each = {"GSM-7": (160, 153), "UCS-2": (70, 67)}[size.encoding][size.segments > 1]
    kind = "7-bit alphabet" if size.encoding == "GSM-7" else "16-bit, since a character is outside the 7-bit alphabet"
    segments = f"{size.segments} segment{'' if size.segments == 1 else 's'}"
    return (
        f'<p class="from">{_avatar(shown.raw("sender"))}<b dir="auto">{safe(shown.raw("sender"))}</b></p>'
        f'<div class="bubble" dir="auto">{_linked(shown.one("text"))}</div>'
        f'<p class="segments"><b>{segments}</b> of {each}: {size.units} used, {kind}</p>'
    )


def _post(shown: Shown) -> str:
    return (
        f'<div class="who">{_avatar(shown.sender)}<span><b dir="auto">{safe(shown.sender)}</b> <small>now</small></span></div>'
        f'<div class="post" dir="auto">{_linked(shown.one("post"))}</div>'
        '<div class="acts" aria-hidden="true"><i></i><i></i><i></i><i></i></div>'
    )


def _page(shown: Shown) -> str:
    name = shown.sheet.name if shown.sheet else ""
    paragraphs = "".join(f'<p dir="auto">{part}</p>' for part in shown.one("description").split("\n\n") if part.strip())
    return (
        f'<div class="picture" aria-hidden="true"></div><div class="about"><small dir="auto">{safe(shown.sender)}</small>'
        f'<p class="name" dir="auto">{safe(name)}</p>{paragraphs}</div>'
    )


def _linkedin(shown: Shown) -> str:
    size = len(shown.raw("introduction"))
    cut = f'<p class="cut">A feed shows {CUT_AFTER} of {size} characters before \u201cmore\u201d.</p>' if size > CUT_AFTER else ""
    return (
        f'<div class="who">{_avatar(shown.sender, "square")}<span><b dir="auto">{safe(shown.sender)}</b>'
        f'<small>Promoted</small></span></div><p class="intro" dir="auto">{shown.one("introduction")}</p>{cut}'
        '<div class="picture" aria-hidden="true"></div>'
        f'<div class="foot"><b dir="auto">{shown.one("headline")}</b><small dir="auto">{shown.one("description")}</small></div>'
    )


def _push(shown: Shown) -> str:
    return (
        f'<div class="notice">{_avatar(shown.sender, "square")}<span class="lines">'
        f'<span class="from"><small dir="auto">{safe(shown.sender)}</small><small>now</small></span>'
        f'<b dir="auto">{shown.one("title")}</b><span dir="auto">{shown.one("body")}</span></span></div>'
    )


def _bullets(shown: Shown) -> str:
    items = "".join(f'<li dir="auto">{text}</li>' for text in shown.texts("bullets"))
    name = shown.sheet.name if shown.sheet else ""
    return f'<p class="name" dir="auto">{safe(name)}</p><p class="head">About this item</p><ul>{items}</ul>'


def _plain(shown: Shown) -> str:
    """A channel that has no picture of its own yet."""
    return "".join(f'<p dir="auto">{text}</p>' for name in shown.variant.fields for text in shown.texts(name))


def _linked(html: str) -> str:
    """Addresses in the colour of links; they lead nowhere. html: escaped, with marks."""
    return _URL.sub(lambda found: f'<span class="url">{found.group()}</span>', html)


_DRAW: dict[str, Callable[[Shown], str]] = {
    "google_rsa": _search_ad,
    "email": _email,
    "sms": _sms,
    "x": _post,
    "meta": _snippet,
    "product_description": _page,
    "linkedin": _linkedin,
    "push": _push,
    "amazon_bullets": _bullets,
}
