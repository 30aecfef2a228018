"""The medical page in a real browser, on real images."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.needs import needs_command

pytestmark = [pytest.mark.browser, needs_command("chromium", package="chromium")]

Watch = Callable[..., Any]
LONG_SLICES = 24
"""Of 192 x 192 pixels: some 25 s on two cores."""


@pytest.fixture(scope="module")
def volume() -> bytes:
    """A NIfTI volume that takes long: noise about discs, slice after slice another."""
    import nibabel

    generator = np.random.default_rng(1)
    y, x, z = np.mgrid[0:192, 0:192, 0:LONG_SLICES]
    values = 800 * (np.hypot(y - 96, x - 90) < 60 + z) + 300 + generator.normal(0, 40, x.shape)
    image = nibabel.Nifti1Image(np.clip(values, 0, 4000).astype(np.int16), np.diag([1, 1, 3, 1]))
    path = Path(tempfile.mkdtemp()) / "volume.nii"
    nibabel.save(image, path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def done(browser: Any, server: str) -> str:
    """A finished run of the CT example, as the page makes it."""
    page = browser.new_page()
    page.goto(f"{server}/medical")
    page.wait_for_selector(".st-key-sx-start button:enabled", timeout=60_000)
    page.click(".st-key-sx-start button")
    page.wait_for_selector(".sx-figures", timeout=120_000)
    run_id = page.url.rpartition("run=")[2]
    page.close()
    return str(run_id)


def upload(seen: Any, name: str, content: bytes) -> None:
    seen.page.get_by_text("Upload", exact=True).first.click()
    seen.page.wait_for_selector("[data-testid=stFileUploader] input", state="attached")
    seen.page.set_input_files(
        "[data-testid=stFileUploader] input", {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    seen.page.wait_for_selector(".st-key-sx-start button:enabled", timeout=30_000)
    seen.settle()


@pytest.mark.parametrize("size", ["light", "dark", "narrow"])
def test_a_result_and_all_that_belongs_to_it(watch: Watch, done: str, size: str) -> None:
    seen = watch(size)
    seen.open(f"/medical?run={done}", ".sx-figures")
    page = seen.page
    page.wait_for_function("() => [...document.querySelectorAll('.sx-thumb')].every(i => i.complete)")
    text = page.inner_text("[data-testid=stMain]")
    assert text.index("Not for diagnosis.") < text.index("Compare")
    assert "±50 HU" in text and "dB" in text and f"Run {done[:12]}" in text.replace("\n", " ")
    assert all(page.get_by_role("button", name=name).count() == 1 for name in ("Download DICOM", "PNG pair", "Repeat with changes"))
    filled = page.locator("[data-testid=stBaseButton-primary]")
    assert filled.count() == 1 and filled.inner_text() == "Enlarge image"
    assert seen.overhang() <= 0
    assert seen.violations() == []
    seen.screenshot(f"medical_{size}")


def test_the_panel_keeps_its_place(watch: Watch, done: str, volume: bytes) -> None:
    """Idle, running and over share 92 px; nothing below or beside it moves."""
    seen = watch()
    seen.open(f"/medical?run={done}", ".sx-figures")
    upload(seen, "volume.nii", volume)
    parts = [".st-key-sx-panel", ".st-key-sx-inputs", ".st-key-sx-stage", ".st-key-sx-panel button"]
    place = "parts => JSON.stringify(parts.map(s => document.querySelector(s).getBoundingClientRect()))"
    before = seen.page.evaluate(place, parts)
    seen.start()
    seen.page.wait_for_selector(".st-key-sx-cancel button")
    seen.page.wait_for_timeout(1_500)
    assert seen.page.evaluate(place, parts) == before
    seen.screenshot("medical_running_light")
    seen.page.click(".st-key-sx-cancel button")
    seen.page.wait_for_selector(".st-key-sx-start button", timeout=30_000)


@pytest.mark.slow
def test_a_long_run_survives_reload_and_navigation_and_another_is_cancelled(watch: Watch, volume: bytes) -> None:
    first, second = watch(), watch()
    first.open("/medical", ".st-key-sx-start button")
    upload(first, "volume.nii", volume)
    long_run = first.start()
    first.page.wait_for_function("() => document.querySelector('.st-key-sx-panel').innerText.includes('Tile')", timeout=60_000)
    first.page.reload()
    first.page.wait_for_selector(".st-key-sx-cancel button", timeout=30_000)
    assert first.page.url.endswith(long_run) and first.state(long_run)["status"] == "running"

    second.open("/medical", ".st-key-sx-start button")
    upload(second, "another.nii", volume)
    other = second.start()
    second.page.wait_for_selector(".st-key-sx-cancel button")
    second.page.click(".st-key-sx-cancel button")
    second.page.wait_for_selector(".st-key-sx-start button", timeout=30_000)
    second.page.wait_for_selector("text=The run was cancelled.", timeout=30_000)
    assert first.state(other)["status"] == "cancelled"

    first.page.get_by_role("link", name="All studios").first.click()
    first.page.wait_for_selector(".sx-badge.running", timeout=30_000)
    assert "1 running" in first.page.inner_text(".st-key-sx-engine")
    first.page.locator("[data-testid=stTopNavLink]", has_text="Medical imaging").click()
    first.page.wait_for_selector(".st-key-sx-cancel button", timeout=30_000)
    assert first.page.url.endswith(long_run)
    first.page.get_by_role("link", name="All studios").first.click()
    first.page.get_by_role("link", name="Enhance volume.nii").first.click()
    first.page.wait_for_selector(".st-key-sx-cancel button", timeout=30_000)
    first.page.wait_for_selector(".st-key-sx-start button", timeout=180_000)
    first.page.wait_for_selector(f".sx-made [title='{long_run}']")
    assert first.state(long_run)["status"] == "done"
    assert first.page.get_by_text("Slice", exact=True).count() == 1


def test_the_slider_moves_by_key_and_by_pointer(watch: Watch, done: str) -> None:
    seen = watch()
    seen.open(f"/medical?run={done}", ".sx-figures")
    handle = seen.page.get_by_role("slider", name="Input and Enhanced: where one ends and the other begins")
    share = lambda: int(handle.get_attribute("aria-valuenow"))  # noqa: E731
    assert share() == 50
    handle.focus()
    for key, expected in (("ArrowRight", 51), ("Shift+ArrowLeft", 41), ("PageUp", 51), ("Home", 0), ("End", 100)):
        seen.page.keyboard.press(key)
        assert share() == expected, key
    box = seen.page.locator(".frame").bounding_box()
    seen.page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 100)
    seen.page.mouse.down()
    seen.page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 120, steps=4)
    seen.page.mouse.up()
    assert share() == 25
    seen.page.get_by_role("radio", name="Difference").click()
    seen.page.wait_for_selector(".st-key-sx-stage >> text=Enhanced minus interpolated")
    seen.page.get_by_role("radio", name="Compare").click()
    seen.page.wait_for_selector(".frame")
    assert share() == 25


def test_a_window_changes_the_pictures_and_not_the_run(watch: Watch, done: str) -> None:
    seen = watch("dark")
    seen.open(f"/medical?run={done}", ".sx-figures")
    picture = lambda: seen.page.locator(".frame img").first.get_attribute("src")  # noqa: E731
    automatic = picture()
    seen.page.get_by_role("combobox", name="Window").click()
    seen.page.get_by_role("option", name="Window: bone").click()
    seen.page.wait_for_timeout(1_000)
    seen.settle()
    assert picture() != automatic and seen.page.url.endswith(done)
    seen.page.get_by_text("Metadata of the derived image").click()
    seen.page.wait_for_selector(".sx-table", state="visible")
    seen.page.wait_for_timeout(500)
    rows = seen.page.inner_text(".sx-table")
    assert "Pixel Spacing" in rows and "Derivation Description" in rows and "Patient" not in rows
    seen.screenshot("medical_bone_dark")


def test_a_bad_upload_says_why_and_keeps_the_old_result(watch: Watch, done: str) -> None:
    """Its name is markup, which is shown letter by letter."""
    seen = watch()
    seen.open(f"/medical?run={done}", ".sx-figures")
    upload(seen, "<img src=x onerror=alert(1)>.dcm", b"this is no image")
    seen.run()
    said = seen.page.inner_text(".sx-note.bad")
    assert "The run stopped." in said and "neither DICOM, NIfTI, PNG nor TIFF" in said and "Your input and settings are kept." in said
    assert "<img src=x onerror=alert(1)>.dcm" in said
    assert seen.page.locator(".frame img").count() == 2
    assert seen.page.locator("img[src='x']").count() == 0
    assert seen.violations() == []
    seen.screenshot("medical_failed_light")
