"""One browser and one server for all; every page is watched: what it asks for, and what it complains about."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.served import ask, install_studios, serve
from tests.checkout import ROOT

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCREENSHOTS = ROOT / "artifacts" / "browser"
SIZES = {"light": (1400, "light"), "dark": (1400, "dark"), "narrow": (390, "light")}
ALLOWED_404 = ("/_stcore/health", "/_stcore/host-config")  # Streamlit asks below a page's own path first
STREAMLITS_OWN = ("presentation-role-conflict (minor)", "stFileUploaderDropzone")
"""Its upload area is a labelled `section role=presentation`; the button in it is what assistive software finds."""
AXE = Path(__file__).parent / "axe" / "axe.min.js"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install_studios(tmp_path_factory.mktemp("studios"))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, site: Path) -> Iterator[str]:
    with serve(tmp_path_factory.mktemp("server"), site=site) as (url, _):
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


class Watched:
    """A page and what was seen of it."""

    def __init__(self, page: Any, url: str, name: str) -> None:
        self.page = page
        self.url = url
        self.name = name
        self.foreign: list[str] = []
        self.complaints: list[str] = []
        page.on("request", self._request)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path: str, ready: str = ".sx-h1") -> None:
        self.page.goto(f"{self.url}{path}")
        self.page.wait_for_selector(ready, timeout=30_000)
        self.settle()

    def settle(self) -> None:
        """Until nothing is drawn any more."""
        self.page.wait_for_function(
            "() => !document.querySelector('[data-stale=true]') && document.querySelector('[data-test-script-state=notRunning]')",
            timeout=30_000,
        )
        self.page.wait_for_timeout(400)

    def start(self) -> str:
        """Press the filled button; returns the run's id, as the address has it."""
        before = self.page.url
        self.page.click(".st-key-sx-start button")
        self.page.wait_for_function("before => location.href !== before && location.href.includes('run=')", arg=before, timeout=30_000)
        return str(self.page.url.rpartition("run=")[2])

    def run(self, timeout_s: float = 60) -> str:
        """Start, wait for the end, and for the page to show it."""
        run_id, until = self.start(), time.monotonic() + timeout_s
        while self.state(run_id)["status"] in ("queued", "running"):
            assert time.monotonic() < until, self.state(run_id)
            self.page.wait_for_timeout(100)
        done = self.state(run_id)["status"] == "done"
        shown = f".sx-made [title='{run_id}']" if done else ".st-key-sx-stage .sx-note.bad"
        self.page.wait_for_selector(shown, timeout=30_000)
        self.page.wait_for_selector(".st-key-sx-start button:enabled", timeout=30_000)
        self.settle()
        return run_id

    def state(self, run_id: str) -> dict[str, Any]:
        """A run as the HTTP API tells it."""
        found: dict[str, Any] = json.loads(ask(f"{self.url}/v1/runs/{run_id}")[2])
        return found

    def screenshot(self, name: str) -> None:
        """The whole page, kept in artifacts/browser/."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        size = self.page.viewport_size
        height = self.page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        self.page.set_viewport_size({"width": size["width"], "height": max(size["height"], min(height, 4_000))})
        self.page.wait_for_timeout(300)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")
        self.page.set_viewport_size(size)

    def violations(self) -> list[str]:
        """What axe-core finds, one line each."""
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
        lines = [f"{v['id']} ({v['impact']}): {[n['html'][:200] for n in v['nodes'][:3]]}" for v in found]
        return [line for line in lines if not all(part in line for part in STREAMLITS_OWN)]

    def overhang(self) -> int:
        """Pixels that the page is wider than its window."""
        return int(
            self.page.evaluate("Math.max(...['html', '[data-testid=stMain]'].map(s => document.querySelector(s).scrollWidth)) - innerWidth")
        )

    def _request(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != urlsplit(self.url).netloc:
            self.foreign.append(request.url)

    def _console(self, message: Any) -> None:
        if message.type not in ("error", "warning"):
            return
        place = urlsplit(message.location.get("url", "")).path
        if "404" in message.text and place.endswith(ALLOWED_404) and place.count("/") > 2:
            return
        self.complaints.append(f"{message.type}: {message.text} ({place})")


@pytest.fixture
def watch(browser: Any, server: str) -> Iterator[Callable[..., Watched]]:
    """Open a page of a size; afterwards it has asked no other host and complained of nothing."""
    opened: list[tuple[Any, Watched]] = []

    def make(size: str = "light", url: str = server) -> Watched:
        width, scheme = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": 960}, color_scheme=scheme, reduced_motion="reduce")
        watched = Watched(context.new_page(), url, size)
        opened.append((context, watched))
        return watched

    yield make
    for context, _ in opened:
        context.close()
    assert [watched.foreign for _, watched in opened if watched.foreign] == []
    assert [watched.complaints for _, watched in opened if watched.complaints] == []
