"""People at their browsers: each with an own one, so that nobody shares a sign-in."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.site import PASSWORD, ROOT, Site

#: Pictures go to the rubbish of this machine, unless somebody wants them for the guides:
#: PICTURES=docs/pictures make journeys
PICTURES = ROOT / (os.environ.get("PICTURES") or "var/pictures")
PHONE = {"width": 360, "height": 800}
DESK = {"width": 1280, "height": 860}
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

WIDER = "document.documentElement.scrollWidth > innerWidth"
STICKS_OUT = """() => [...document.querySelectorAll("main *, header *")]
  .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
  .map((e) => `${e.tagName}.${e.className}: ${e.textContent.trim().slice(0, 30)}`).slice(0, 6)"""


class Person:
    """One person at one browser. Words are those on the page: labels, buttons, links."""

    def __init__(
        self, browser: Browser, site: Site, *, size: dict[str, int], **options: Any
    ) -> None:
        self.site, self.faults = site, []
        self.context = browser.new_context(
            viewport=size, locale="zh-CN", accept_downloads=True, **options
        )
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(f"{self.page.url}: {error}"))
        self.page.on("console", self._listen)

    def _listen(self, message: Any) -> None:
        # A refused form answers 422 and a foreign case 404: the browser says so, nothing is wrong.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(f"{self.page.url}: {message.text}")

    def cookies(self, **values: str) -> Person:
        self.context.add_cookies(
            [{"name": n, "value": v, "url": self.site.url} for n, v in values.items()]
        )
        return self

    def open(self, path: str) -> Person:
        self.page.goto(path if path.startswith("http") else self.site.url + path)
        return self

    def sign_in(self, username: str) -> Person:
        self.open("/sign-in/")
        self.page.locator("[name=username]").fill(username)
        self.page.locator("[name=password]").fill(PASSWORD)
        self.page.locator("main button[type=submit]").click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        return self

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def text(self) -> str:
        """What the page says, spaces made one."""
        return re.sub(r"\s+", " ", self.main.inner_text())

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.site.url)

    def sees(self, *words: str) -> Person:
        for one in words:
            expect(self.page.locator("body")).to_contain_text(one)
        return self

    def sees_not(self, *words: str) -> Person:
        for one in words:
            expect(self.main).not_to_contain_text(one)
        return self

    def press(self, name: str, *, within: Locator | None = None) -> Person:
        """Press the button or follow the link of this name."""
        place = within or self.main
        button = place.get_by_role("button", name=name, exact=True)
        link = place.get_by_role("link", name=name, exact=True)
        button.or_(link).first.click()
        self.page.wait_for_load_state()
        return self

    def act(self, code: str) -> Person:
        """Follow the link, or press the button, that leads to the act of this address."""
        self.main.locator(
            f"a[href*='/{code}/'], form[action$='/{code}/'] button, button[formaction$='/{code}/']"
        ).first.click()
        self.page.wait_for_load_state()
        return self

    def send(self, name: str) -> Person:
        """Press the button that sends a form; a link of the same name is left alone."""
        self.main.get_by_role("button", name=name, exact=True).first.click()
        self.page.wait_for_load_state()
        return self

    def finish(self) -> Person:
        """Press the one main act of a form, whatever it is called."""
        self.page.locator("main form[method=post] button.button-main").last.click()
        self.page.wait_for_load_state()
        return self

    def fill(self, name: str, value: str) -> Person:
        self.page.locator(f"main [name={name}]").fill(value)
        return self

    def choose(self, name: str, label: str) -> Person:
        """A chip, radio or box of the field `name`, by its words."""
        field = self.page.locator(f"main label:has([name={name}]), main [name={name}] + label")
        field.filter(has_text=label).first.click()
        return self

    def pick(self, name: str, unit: str) -> Person:
        """A row of the picker of units."""
        row = self.page.locator(".picker-row").filter(has_text=unit).first
        row.locator(f"[name={name}]").check()
        return self

    def shot(self, name: str, *, full: bool = False) -> Person:
        """A picture for the guides."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.settled()
        path = PICTURES / f"{name}.png"
        with self.tall() if full else nullcontext():
            self.page.screenshot(path=path, animations="disabled")
        with Image.open(path) as picture:
            picture.convert("RGB").quantize(96).save(path, optimize=True)
        return self

    @contextmanager
    def tall(self) -> Iterator[None]:
        """The whole page as one tall screen: what sticks to an edge then covers nothing."""
        size = self.page.viewport_size or DESK
        height = self.page.evaluate("document.documentElement.scrollHeight")
        self.page.set_viewport_size({**size, "height": max(height, size["height"])})
        yield
        self.page.set_viewport_size(size)

    def settled(self) -> Person:
        self.page.wait_for_load_state("networkidle")
        self.page.evaluate("document.fonts.ready")
        return self

    def barriers(self) -> list[tuple[str, list[Any]]]:
        """What axe-core finds wrong on this page, and sideways scrolling."""
        self.page.evaluate(AXE.read_text())
        with self.tall():
            found = self.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        wrong = [(v["id"], [n["target"] for n in v["nodes"]]) for v in found["violations"]]
        return [*wrong, ("scrolls sideways", self.page.evaluate(STICKS_OUT))][
            : None if self.page.evaluate(WIDER) else -1
        ]

    def download(self, name: str, to: Path) -> Path:
        with self.page.expect_download() as waiting:
            self.page.get_by_role("link", name=name).first.click()
        waiting.value.save_as(to)
        return to

    def keep(self, path: Path) -> None:
        """What was on the screen when it went wrong."""
        if self.page.is_closed():
            return
        self.page.screenshot(path=path.with_suffix(".png"), full_page=True)
        path.with_suffix(".html").write_text(self.page.content())

    def leave(self) -> None:
        self.context.close()


def faults_of(people: Iterable[Person]) -> list[str]:
    return [fault for one in people for fault in one.faults]
