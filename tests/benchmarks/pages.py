"""Dashboards: time to the first paint of a cold browser, and what an idle server costs: `python -m tests.benchmarks.pages`.

First paint is the browser's own First Contentful Paint; `heading` is when the page's own heading stands there. Every visit is
a new context, so that nothing is cached. Idle CPU is the server process's user and system time over a minute.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from tests.benchmarks.measure import Row, print_table, row
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.served import serve

VISITS = 5
IDLE_S = 60.0
SETTLE_S = 10.0
TARGET_PAINT_S = 2.0
TARGET_OPEN_PERCENT, TARGET_CLOSED_PERCENT = 1.0, 0.3
PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def visit(browser: Any, url: str) -> tuple[float, float]:
    """(first paint, heading), seconds from the request."""
    context = browser.new_context(viewport={"width": 1400, "height": 960})
    page = context.new_page()
    started = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.wait_for_selector(".sx-h1", timeout=30_000)
    heading = time.perf_counter() - started
    page.wait_for_function(PAINT, timeout=30_000)
    paint = float(page.evaluate(PAINT)) / 1_000
    context.close()
    return paint, heading


def idle_percent(pid: int) -> float:
    """Per cent of one core over a minute."""
    process = psutil.Process(pid)
    before, started = process.cpu_times(), time.perf_counter()
    time.sleep(IDLE_S)
    after = process.cpu_times()
    return 100 * (after.user + after.system - before.user - before.system) / (time.perf_counter() - started)


def once(what: str, unit: str, value: float, target: float) -> Row:
    return Row(what, f"<= {target:g} {unit}", f"{value:.2f} {unit}", "one minute", value <= target)


def main() -> int:
    from playwright.sync_api import sync_playwright

    started_s = time.monotonic()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as (url, pid), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, path in (("launcher", "/"), ("medical page", "/medical")):
            visit(browser, url + path)  # the first import of its modules is not the page's
            seen = [visit(browser, url + path) for _ in range(VISITS)]
            rows.append(row(f"first paint, {name}", "s", [paint for paint, _ in seen], TARGET_PAINT_S, at_most=True))
            print(f"{name}: heading after {statistics.median(heading for _, heading in seen):.2f} s", flush=True)
        for name, path in (("launcher", "/"), ("medical page", "/medical")):
            page = browser.new_page()
            page.goto(url + path)
            page.wait_for_selector(".sx-h1")
            time.sleep(SETTLE_S)
            rows.append(once(f"idle CPU, {name} open", "%", idle_percent(pid), TARGET_OPEN_PERCENT))
            page.close()
        browser.close()
        time.sleep(SETTLE_S)
        rows.append(once("idle CPU, no page open", "%", idle_percent(pid), TARGET_CLOSED_PERCENT))
    print_table(rows, started_s)
    return 0 if all(line.met for line in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
