"""Script elements: ours load a module only where the page has a use for it, libraries carry
their hash. All are files of this installation, which the Content-Security-Policy allows: a nonce
would make every answer another one, and no page could be kept."""

import json
from functools import lru_cache
from pathlib import Path

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

VENDOR = Path(__file__).resolve().parent / "static" / "vendor"

# module -> what on the page calls for it
MODULES = {
    "draft": "form[data-draft], [data-draft-done], [data-sent]",
    "photos": "[data-photos]",
    "list": "[data-list], [data-key], [data-bulk]",
    "small": "[data-geo], [data-copy], [data-countdown], [data-filter], [data-dialog], [data-print]",
    "aloud": "[data-read-aloud]",
    "puzzle": "[data-puzzle]",
    "passkey": "[data-passkey]",
}


def words() -> dict[str, str]:
    """What the modules say, in the language of the page."""
    return {
        "saved": gettext("Draft kept on this device"),
        "forget": gettext("Forget it"),
        "restored": gettext("We kept what you typed last time."),
        "sending": gettext("Sending…"),
        "uploading": gettext("Sending photos, {n} %"),
        "remove": gettext("Remove photo {n}"),
        "tooMany": gettext("At most {n} photos."),
        "notImage": gettext("“{name}” is not a photo and was left out."),
        "failed": gettext("The line broke off. Nothing is lost: please send again."),
        "copied": gettext("Copied"),
        "locating": gettext("Looking for your position…"),
        "located": gettext("Position found, exact to about {n} m."),
        "notLocated": gettext("No position to be had. Please write the place in words."),
        "picked": gettext("{n} picked"),
        "minutes": gettext("{n} min left"),
        "hours": gettext("{h} h {n} min left"),
        "days": gettext("{n} days left"),
        "over": gettext("time is up"),
        "read": gettext("Read aloud"),
        "stop": gettext("Stop reading"),
        "mistake": gettext("Please check: "),
        "puzzling": gettext("Your device is doing a small sum…"),
        "puzzled": gettext("The sum is done. Please send."),
    }


def entry_script() -> SafeString:
    modules = [[static(f"web/js/{name}.js"), calls] for name, calls in MODULES.items()]
    return format_html(
        '<script type="module" src="{}" id="lx" data-modules="{}" data-words="{}"></script>',
        static("web/js/lx.js"),
        json.dumps(modules),
        json.dumps(words(), ensure_ascii=False),
    )


def vendor_script(file: str, *, module: bool = False) -> SafeString:
    return format_html(
        '<script src="{}" integrity="{}"{}></script>',
        static(f"vendor/{file}"),
        _hashes()[file],
        SafeString(' type="module"' if module else " defer"),
    )


@lru_cache(maxsize=1)
def _hashes() -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads((VENDOR / "hashes.json").read_text())
    except FileNotFoundError:
        raise RuntimeError("Run `npm ci` and `python lianxin/web/vendor.py` first.") from None
    return found
