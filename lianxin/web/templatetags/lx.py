"""`{% load lx %}`: every component of the design system; see docs/design-system.md.

Arguments are the words of a template's author, so that a few are named like builtins.
"""
# ruff: noqa: A002

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField
from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from lianxin.kernel.puzzles import PuzzleOwed
from lianxin.web import assets, dates, nav
from lianxin.web.parts import TONES, Fact
from lianxin.web.qr import qr

register = template.Library()
Context = dict[str, Any]


def _tone(tone: str) -> str:
    if tone not in TONES:
        raise ValueError(f"tone is one of {', '.join(TONES)}, not {tone!r}")
    return tone


def _attributes(extra: Context) -> SafeString:
    """Keyword arguments as attributes: data_key="n" becomes data-key="n"; False is left out."""
    return flatatt({k.replace("_", "-"): v for k, v in extra.items() if v not in (None, "")})


# --- the shell -----------------------------------------------------------------------------


def _chinese() -> bool:
    return (get_language() or "zh-hans").startswith("zh")


@register.simple_tag
def lx_lang() -> str:
    """The language of the page, for <html lang>."""
    return "zh-Hans" if _chinese() else "en"


@register.simple_tag(takes_context=True)
def lx_mode(context: Context) -> SafeString:
    """Elder mode as an attribute of <html>; the tokens of the style sheet do the rest."""
    return SafeString(" data-elder" if getattr(context.get("request"), "elder", False) else "")


@register.inclusion_tag("web/parts/entries.html", takes_context=True)
def lx_entries(context: Context) -> Context:
    """Elder mode and the other language, leading back to the page one is on."""
    request = context.get("request")
    safe = request is not None and request.method in ("GET", "HEAD")
    return {
        "elder": getattr(request, "elder", False),
        "chinese": _chinese(),
        "here": request.get_full_path() if request and safe else "/",
    }


@register.inclusion_tag("web/parts/menu.html", takes_context=True)
def lx_menu(context: Context, name: str, *, style: str = "menu") -> Context:
    """The menu `name`, see web/nav.py; `style`: menu, side, tabs."""
    sections = nav.menu(name, context.get("request"), context.get("counts"))
    return {"sections": sections, "style": style, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("web/parts/messages.html", takes_context=True)
def lx_messages(context: Context) -> Context:
    """What was just done, from django.contrib.messages; never touches a public page's session."""
    return {"messages": context.get("messages") or ()}


@register.simple_tag
def lx_scripts() -> SafeString:
    """The one small script; it fetches a module only where the page has a use for it."""
    return assets.entry_script()


@register.simple_tag
def lx_vendor(file: str, *, module: bool = False) -> SafeString:
    """A page library copied from npm, with its hash: {% lx_vendor "htmx.min.js" %}."""
    return assets.vendor_script(file, module=module)


@register.simple_tag
def lx_sign_in_url() -> str:
    from django.shortcuts import resolve_url
    from django.urls import NoReverseMatch

    try:
        return resolve_url(settings.LOGIN_URL)
    except NoReverseMatch:
        return "/"


# --- forms ---------------------------------------------------------------------------------


@register.simple_tag
def lx_errors(form: BaseForm) -> str:
    """The summary above a form: every error, each leading to its field."""
    from lianxin.web.forms import error_list

    found = [] if _owed(form) else error_list(form)  # what is owed is no mistake: lx_puzzle says it
    if not found:
        return ""
    return render_to_string("web/parts/errors.html", {"found": found, "hint": _hint(form)})


def _hint(form: BaseForm) -> str:
    return str(getattr(getattr(form, "refused", None), "hint", ""))


@register.inclusion_tag("web/parts/puzzle.html")
def lx_puzzle(form: BaseForm) -> Context:
    """The small sum the device owes, where the form was refused for want of it; else nothing."""
    owed = _owed(form)
    return {"owed": owed, "minutes": -(-(owed.retry_after or 0) // 60) if owed else 0}


def _owed(form: BaseForm) -> PuzzleOwed | None:
    refused = getattr(form, "refused", None)
    return refused if isinstance(refused, PuzzleOwed) else None


@register.simple_tag
def lx_field(field: BoundField, *, label: str = "", hint: str = "", plain: bool = False) -> str:
    """One field: label, hint, error, control. `plain` hides the label from sight only."""
    return field.form.render(
        template_name=field.template_name,
        context={"field": field, "label": label, "hint": hint, "plain": plain},
    )


@register.inclusion_tag("web/parts/form.html")
def lx_form(form: BaseForm) -> Context:
    """Summary, hidden fields and every visible field in order (no <form>, no button)."""
    return {"form": form}


@register.inclusion_tag("web/parts/button.html")
def lx_button(
    label: str, *, href: str = "", kind: str = "main", key: str = "", small: bool = False,
    wide: bool = False, type: str = "submit", **extra: Any,
) -> Context:  # fmt: skip
    """A button, or a link that looks like one. kind: main (one per page), plain, quiet."""
    if kind not in ("main", "plain", "quiet"):
        raise ValueError(f"kind is main, plain or quiet, not {kind!r}")
    if key:
        extra["data_key"] = key.lower()
        extra["aria_keyshortcuts"] = key
    classes = [f"button-{kind}" if kind != "plain" else ""]
    classes += ["small"] * small + ["wide"] * wide
    return {
        "label": label,
        "href": href,
        "key": key,
        "type": type,
        "classes": " ".join(["button", *filter(None, classes)]),
        "attributes": _attributes(extra),
    }


@register.inclusion_tag("web/parts/act.html", takes_context=True)
def lx_act(
    context: Context, url: str, label: str, *, kind: str = "main", small: bool = False,
    row_key: str = "", **fields: Any,
) -> Context:  # fmt: skip
    """One button that POSTs: {% lx_act url _("Sign for it") version=case.version %}."""
    return {
        "url": url, "label": label, "kind": kind, "small": small, "row_key": row_key,
        "fields": fields, "csrf_token": context.get("csrf_token"),
    }  # fmt: skip


# --- what a matter looks like --------------------------------------------------------------


@register.simple_tag
def lx_pill(label: Any, tone: str = "neutral") -> SafeString:
    """A state: a word, with a tone. {% lx_pill case.get_state_display "warn" %}"""
    return format_html('<span class="pill {}">{}</span>', _tone(tone), label)


@register.inclusion_tag("web/parts/custody.html")
def lx_custody(
    card: Any = None, *, state: str = "", tone: str = "neutral", due: str = "", who: str = "",
    who_note: str = "", since: str = "", since_note: str = "", owes: str = "",
    owes_note: str = "", next: str = "", next_note: str = "",
) -> Context:  # fmt: skip
    """Who has it, since when, what they owe, what follows: a `Custody`, or the words."""
    if card is not None:
        return {"card": card}
    asked = (
        (gettext("Who has it now"), who, who_note),
        (gettext("Since when"), since, since_note),
        (gettext("What they owe you"), owes, owes_note),
        (gettext("If nothing comes by then"), next, next_note),
    )
    facts = [Fact(question=q, answer=a, note=n) for q, a, n in asked if a]
    return {"card": {"state": state, "tone": _tone(tone), "due": due, "facts": facts}}


@register.inclusion_tag("web/parts/timeline.html")
def lx_timeline(steps: Iterable[Any]) -> Context:
    """Acts in the order given (newest first is usual): see parts.Step."""
    return {"steps": steps}


@register.inclusion_tag("web/parts/tiles.html")
def lx_tiles(tiles: Iterable[Any], *, joined: bool = False) -> Context:
    """Figures with their basis: see parts.Tile. `joined` draws them as one strip."""
    return {"tiles": tiles, "joined": joined}


@register.inclusion_tag("web/parts/bars.html")
def lx_bars(bars: Iterable[Any]) -> Context:
    """Bars, each with its figure: see parts.Bar."""
    listed = list(bars)
    values = [b["value"] if isinstance(b, dict) else b.value for b in listed]
    top = max(values, default=0) or 1
    return {"bars": [(b, round(100 * v / top, 1)) for b, v in zip(listed, values, strict=True)]}


@register.inclusion_tag("web/parts/date_tile.html")
def lx_date_tile(day: date | datetime, *, weekday: bool = False) -> Context:
    """A calendar leaf: month (or weekday) above, day below."""
    top = dates.short_weekday(day) if weekday else dates.month_name(day)
    return {"local": dates.local(day), "top": top}


@register.inclusion_tag("web/parts/empty.html")
def lx_empty(title: str, text: str = "", *, href: str = "", act: str = "") -> Context:
    """What to do when there is nothing here."""
    return {"title": title, "text": text, "href": href, "act": act}


@register.simple_tag
def lx_qr(text: str, *, error: str = "m") -> SafeString:
    """A QR code that fills its frame: `<div class="qr" role="img" aria-label="…">{% lx_qr link %}`."""
    return qr(text, error=error)


# --- lists and ways ------------------------------------------------------------------------


@register.inclusion_tag("web/parts/chips.html")
def lx_chips(chips: Iterable[Any], *, label: str = "") -> Context:
    """Filters as links: see parts.Chip."""
    return {"chips": chips, "label": label or gettext("Filters")}


@register.inclusion_tag("web/parts/tabs.html")
def lx_tabs(tabs: Iterable[Any], *, label: str = "") -> Context:
    """Views of one thing, as links: see parts.Chip."""
    return {"tabs": tabs, "label": label or gettext("Views")}


@register.inclusion_tag("web/parts/path.html")
def lx_path(links: Iterable[Any], *, label: str = "") -> Context:
    """Divisions (or pages) from the widest to the nearest: see parts.Link."""
    return {"links": links, "label": label or gettext("Place")}


@register.inclusion_tag("web/parts/pager.html", takes_context=True)
def lx_pager(context: Context, page: Any, *, name: str = "after") -> Context:
    """Next and back of a kernel.paging.Page, keeping the filters of this address."""
    query = context["request"].GET.copy() if context.get("request") else None

    def address(cursor: Any) -> str:
        if not cursor or query is None:
            return ""
        query[name] = cursor
        return "?" + query.urlencode()

    return {
        "next": address(getattr(page, "next_cursor", None)),
        "back": address(getattr(page, "prev_cursor", None)),
    }


@register.inclusion_tag("web/parts/steps.html")
def lx_steps(number: int, total: int) -> Context:
    """第 1 步，共 3 步"""
    return {"number": number, "total": total, "all": range(1, int(total) + 1)}


@register.inclusion_tag("web/parts/key.html")
def lx_key(*caps: str) -> Context:
    return {"caps": caps}


@register.inclusion_tag("web/parts/keys.html")
def lx_keys(keys: Iterable[Any] = ()) -> Context:
    """The line of key hints under a list: see parts.Key; without any, the usual ones."""
    return {"keys": list(keys)}


@register.inclusion_tag("web/parts/code.html")
def lx_code(code: str, *, label: str = "") -> Context:
    """A receipt code in large type with a copy button."""
    return {"code": code, "groups": code.split("-"), "label": label}


# --- blocks --------------------------------------------------------------------------------


@register.simple_block_tag
def lx_notice(content: str, title: str = "", tone: str = "info") -> str:
    """{% lx_notice _("Seen nearby") "info" %} … {% endlx_notice %}"""
    values = {"content": content, "title": title, "tone": _tone(tone)}
    return render_to_string("web/parts/notice.html", values)


@register.simple_block_tag
def lx_dialog(content: str, id: str, title: str) -> str:
    """A <dialog>, opened by any <a href="#id" data-dialog>; without JS a section of the page."""
    return render_to_string("web/parts/dialog.html", {"content": content, "id": id, "title": title})


# --- times ---------------------------------------------------------------------------------


def _time_filter(name: str) -> None:
    function = getattr(dates, name)

    def shown(value: date | datetime | None) -> str:
        return function(value) if value else ""

    register.filter(name, shown)


register.filter("cn_weekday", dates.short_weekday)

for _name in ("cn_date", "cn_day", "cn_datetime", "cn_short", "near"):
    _time_filter(_name)


@register.filter
def due_words(days: int | None) -> str:
    return "" if days is None else dates.due_words(int(days))


@register.filter
def due_tone(days: int | None) -> str:
    return "neutral" if days is None else dates.due_tone(int(days))
