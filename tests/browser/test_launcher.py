"""The launcher in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.served import ask
from tests.needs import needs_command

pytestmark = [pytest.mark.browser, needs_command("chromium", package="chromium")]

Watch = Callable[..., Any]


@pytest.mark.parametrize("size", ["light", "dark", "narrow"])
def test_it_shows_the_studios_and_the_engine(watch: Watch, size: str) -> None:
    seen = watch(size)
    seen.open("/")
    page = seen.page
    assert page.title() == "Sextant"
    cards = page.locator("[class*='st-key-sx-card-']")
    assert {"st-key-sx-card-medical", "st-key-sx-card-namer"} <= {
        name for classes in cards.evaluate_all("all => all.map(one => one.className)") for name in classes.split()
    }
    assert cards.locator("img").evaluate_all("all => all.every(one => one.complete && one.naturalWidth > 100)")
    assert "Ready on CPU" in page.inner_text(".st-key-sx-engine")
    assert "GiB" in page.inner_text(".st-key-sx-memory")
    assert seen.overhang() <= 0
    assert seen.violations() == []
    seen.screenshot(f"launcher_{size}")


def test_its_look_is_ours(watch: Watch) -> None:
    seen = watch("dark")
    seen.open("/")
    used = seen.page.evaluate("getComputedStyle(document.querySelector('.sx-h1')).fontFamily")
    assert used.replace('"', "").replace("'", "").startswith("IBM Plex Sans")
    assert seen.page.evaluate("[...document.fonts].some(f => f.family.includes('IBM Plex Sans') && f.status === 'loaded')")
    assert seen.page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor") == "rgb(14, 24, 28)"


def test_a_whole_card_is_a_link_that_does_not_reload(watch: Watch) -> None:
    seen = watch()
    seen.open("/")
    seen.page.evaluate("window.kept = true")
    card = seen.page.locator(".st-key-sx-card-namer")
    card.scroll_into_view_if_needed()
    box = card.bounding_box()
    seen.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 40)  # on its picture
    seen.page.wait_for_selector(".st-key-sx-start button")
    assert seen.page.url.endswith("/namer")
    assert seen.page.evaluate("window.kept")


def test_another_host_or_origin_is_refused(server: str) -> None:
    for path in ("/", "/medical", "/assets/icon.svg", "/_stcore/health"):
        assert ask(server + path, {"Host": "evil.example"})[0] == 403, path
        assert ask(server + path, {"Origin": "https://evil.example"})[0] == 403, path
    status, headers, _ = ask(server)
    assert status == 200
    assert "default-src 'self'" in headers["content-security-policy"]
