"""Who is told of swaps, substitutes and days away; requests that lapse by themselves.

Each handler can be repeated: a person is told once per swap and act. Whoever acts is not told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Deputy
from lianxin.congress.queries import in_force, people_of
from lianxin.kernel.clock import local, local_date
from lianxin.notices import services as notices
from lianxin.people.enums import Ability
from lianxin.reception.enums import SEATED
from lianxin.reception.events import AwayChanged, DayChanged, RotaChanged, SwapMoved
from lianxin.reception.models import Shift, Swap
from lianxin.reception.queries.deputy import closes_of, next_turns, turns_within
from lianxin.reception.queries.swaps import with_names
from lianxin.reception.services import swaps as services
from lianxin.venues.models import Stationing, Venue
from lianxin.web.dates import cn_day, cn_short

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Told:
    """What each side reads; None: nobody. Words know %(giver)s, %(taker)s, %(day)s, %(back)s (the
    day taken in return), %(venue)s, %(until)s, %(note)s.
    """

    giver: Words | None = None
    taker: Words | None = None
    partners: Words | None = None
    clerks: Words | None = None


#: Act → who reads what, where a turn is given in return; below where none is.
EXCHANGE: dict[str, Told] = {
    "ask": Told(
        taker=_(
            "%(giver)s would like to swap: you take %(day)s at %(venue)s, they take %(back)s. "
            "Please answer by %(until)s. %(note)s"
        )
    ),
    "agree": Told(
        giver=_("%(taker)s agrees to swap %(day)s for %(back)s; the venue still has to confirm."),
        clerks=_("%(giver)s and %(taker)s want to swap %(day)s and %(back)s: please confirm."),
    ),
    "confirm": Told(
        giver=_("Swapped: %(taker)s takes %(day)s at %(venue)s, you take %(back)s."),
        taker=_("Swapped: you take %(day)s at %(venue)s, %(giver)s takes %(back)s."),
        clerks=_("%(giver)s and %(taker)s swapped %(day)s and %(back)s."),
    ),
}
ALONE: dict[str, Told] = {
    "ask": Told(
        giver=_("The venue asks %(taker)s to stand in for you on %(day)s."),
        taker=_(
            "%(giver)s asks you to stand in on %(day)s at %(venue)s. "
            "Please answer by %(until)s. %(note)s"
        ),
    ),
    "agree": Told(
        giver=_("%(taker)s agrees to stand in on %(day)s; the venue still has to confirm."),
        clerks=_("%(taker)s wants to stand in for %(giver)s on %(day)s: please confirm."),
    ),
    "confirm": Told(
        giver=_("%(taker)s stands in for you on %(day)s at %(venue)s."),
        taker=_("You stand in for %(giver)s on %(day)s at %(venue)s."),
        clerks=_("%(taker)s stands in for %(giver)s on %(day)s."),
    ),
    "set": Told(
        giver=_("The venue gave your turn on %(day)s to %(taker)s. %(note)s"),
        taker=_("The venue asks you to stand in for %(giver)s on %(day)s at %(venue)s. %(note)s"),
    ),
}
#: The same in both cases.
BOTH: dict[str, Told] = {
    "refuse": Told(
        giver=_(
            "Your turn on %(day)s stays yours: the swap with %(taker)s was refused. %(answer)s"
        ),
        taker=_("The venue refused the swap with %(giver)s on %(day)s. %(answer)s"),
    ),
    "withdraw": Told(
        giver=_("The venue withdrew the request to %(taker)s for your turn on %(day)s."),
        taker=_("%(giver)s no longer asks you to take the turn on %(day)s."),
    ),
    "lapse": Told(
        giver=_(
            "Your turn on %(day)s stays yours: the request to %(taker)s was not settled in time."
        ),
        taker=_("The request of %(giver)s for %(day)s has lapsed."),
    ),
    "drop": Told(
        giver=_(
            "Your request to %(taker)s for %(day)s is void: a seat has changed hands meanwhile."
        ),
        taker=_(
            "The request of %(giver)s for %(day)s is void: a seat has changed hands meanwhile."
        ),
    ),
}
#: Once seats have changed hands, whoever sits there too reads with whom.
PARTNER = _("On %(day)s at %(venue)s you sit with %(comes)s instead of %(goes)s.")


def tell_swap(event: SwapMoved) -> None:
    """Tell both deputies, their partners of the days and the venue what became of a swap."""
    swap = with_names(Swap.objects.filter(pk=event.swap_id)).first()
    if swap is None:
        return
    told = BOTH.get(event.act) or (EXCHANGE if swap.other_shift_id else ALONE).get(event.act)
    if told is None:
        return
    doer = swap.asked_by_id if event.act == "ask" else swap.settled_by_id
    giver, taker = swap.deputy.person_id, swap.other_deputy.person_id
    mine = reverse("reception:mine")
    _tell(swap, event, "giver", {giver} - {doer}, told.giver, mine)
    _tell(swap, event, "taker", {taker} - {doer}, told.taker, mine)
    clerks = {one.pk for one in people_of(swap.shift.day.venue.desk_id, Ability.RECEPTION_PLAN)}
    desk = reverse("reception:swap-decide", args=[swap.pk])
    _tell(swap, event, "clerks", clerks - {doer, giver, taker}, told.clerks, desk)
    if event.act in ("confirm", "set"):
        _tell_partners(swap, event)


def _tell_partners(swap: Swap, event: SwapMoved) -> None:
    """Whoever sits on the days that changed hands, beside the two deputies."""
    changes = [(swap.shift, swap.other_deputy, swap.deputy)]
    if swap.other_shift:
        changes.append((swap.other_shift, swap.deputy, swap.other_deputy))
    for shift, comes, goes in changes:
        beside = Shift.objects.filter(day=shift.day_id, state__in=SEATED)
        beside = beside.exclude(deputy__in=(swap.deputy_id, swap.other_deputy_id))
        people = set(beside.values_list("deputy__person_id", flat=True))
        said = {
            "day": cn_day(shift.day.date),
            "venue": swap.shift.day.venue.name,
            "comes": comes.name,
            "goes": goes.name,
        }
        _send(
            people,
            kind="swap",
            words=_filled(PARTNER, said),
            url=reverse("reception:mine"),
            key=f"reception:swap:{swap.pk}:{event.act}:{shift.pk}",
            at=event.at,
        )


def _tell(
    swap: Swap, event: SwapMoved, side: str, people: Iterable[UUID], words: Words | None, url: str
) -> None:
    if words is None:
        return
    with translation.override(settings.LANGUAGE_CODE):
        said = {
            "giver": swap.deputy.name,
            "taker": swap.other_deputy.name,
            "day": cn_day(swap.shift.day.date),
            "back": cn_day(swap.other_shift.day.date) if swap.other_shift else "",
            "venue": swap.shift.day.venue.name,
            "until": cn_short(closes_of(swap)),
            "note": swap.words,
            "answer": swap.answer,
        }
    key = f"reception:swap:{swap.pk}:{event.act}:{side}"
    _send(people, kind="swap", words=_filled(words, said), url=url, key=key, at=event.at)


def _filled(words: Words, said: dict[str, str]) -> str:
    """The sentence in the installation's first language."""
    with translation.override(settings.LANGUAGE_CODE):
        return " ".join((str(words) % said).split())


def _send(
    people: Iterable[UUID], *, kind: str, words: str, url: str, key: str, at: datetime
) -> None:
    notices.tell(person_ids=sorted(people), kind=kind, text=words, url=url, event_key=key, at=at)


#: Days away as each side reads them.
AWAY_ENTERED = _("%(deputy)s is away %(days)s: %(turns)s.")
AWAY_BACK = _("%(deputy)s can come after all %(days)s.")
AWAY_FOR_YOU = _("Your venue entered that you are away %(days)s.")
AWAY_BACK_FOR_YOU = _("Your venue took back that you are away %(days)s.")
NO_TURN = _("no turn falls into it")
TURNS = _("turns without a substitute on %(days)s")


def tell_away(event: AwayChanged) -> None:
    """Tell the clerks of the deputy's venues, with the turns it touches; and the deputy, where a
    clerk entered it.
    """
    deputy = Deputy.objects.select_related("person").filter(pk=event.deputy_id).first()
    if deputy is None:
        return
    here = Stationing.objects.filter(in_force(local_date(event.at)), deputy=deputy)
    desks = Venue.objects.filter(pk__in=here.values("venue")).values_list("desk_id", flat=True)
    clerks = {one.pk for desk in desks for one in people_of(desk, Ability.RECEPTION_PLAN)}
    touched = turns_within(deputy.pk, event.from_date, event.until_date, at=event.at)
    is_back = event.act == "take_back"
    with translation.override(settings.LANGUAGE_CODE):
        days = cn_day(event.from_date)
        if event.until_date != event.from_date:
            days += f" – {cn_day(event.until_date)}"
        listed = "、".join(cn_day(one.day.date) for one in touched)
        turns = str(TURNS) % {"days": listed} if touched else str(NO_TURN)
    said = {"deputy": deputy.name, "days": days, "turns": turns}
    key = f"reception:away:{deputy.pk}:{event.act}:{event.at.isoformat()}"
    own = AWAY_BACK_FOR_YOU if is_back else AWAY_FOR_YOU
    for people, words, url in (
        (clerks - {deputy.person_id}, AWAY_BACK if is_back else AWAY_ENTERED, "desk-away"),
        ({deputy.person_id}, own, "away"),
    ):
        _send(
            people - {event.person_id},
            kind="away",
            words=_filled(words, said),
            url=reverse(f"reception:{url}"),
            key=key,
            at=event.at,
        )


#: What a deputy reads when the venue's rota gives or takes seats; swaps have their own words.
ROTA: dict[str, Words] = {
    "publish": _("The rota of %(venue)s has changed. %(turns)s"),
    "seat": _("The venue changed who sits when at %(venue)s. %(turns)s"),
}
NEXT_TURN = _("Your next turn there: %(day)s, %(hours)s.")
NO_NEXT_TURN = _("You have no turn there at the moment.")


def rota_is_told(event: RotaChanged) -> bool:
    return event.act in ROTA


def tell_rota(event: RotaChanged) -> None:
    """Tell each deputy concerned, with the next turn at this venue. Two queries, one for each told."""
    venue = Venue.objects.filter(pk=event.venue_id).first()
    if venue is None or not rota_is_told(event):
        return
    coming: dict[UUID, Shift] = {}
    for shift in next_turns(venue.pk, event.deputy_ids, at=event.at):
        coming.setdefault(shift.deputy_id, shift)
    people = Deputy.objects.filter(pk__in=event.deputy_ids).values_list("pk", "person_id")
    for deputy_id, person_id in people:
        next_turn = coming.get(deputy_id)
        said = {"venue": venue.name, "turns": _filled(NO_NEXT_TURN, {})}
        if next_turn:
            day = next_turn.day
            begins, ends = local(day.starts_at), local(day.ends_at)
            with translation.override(settings.LANGUAGE_CODE):
                when = {"day": cn_day(day.date), "hours": f"{begins:%H:%M}–{ends:%H:%M}"}
            said["turns"] = _filled(NEXT_TURN, when)
        _send(
            {person_id},
            kind="rota",
            words=_filled(ROTA[event.act], said),
            url=reverse("reception:mine"),
            key=f"reception:rota:{venue.pk}:{event.act}:{event.at.isoformat()}",
            at=event.at,
        )


def drop_after_rota(event: RotaChanged) -> None:
    """Requests for seats that went to others by a new rota, or by the clerk's hand, lapse."""
    services.lapse_due(at=event.at, day_ids=event.day_ids)


def drop_after_day(event: DayChanged) -> None:
    """Requests for a day that is cancelled lapse."""
    services.lapse_due(at=event.at, day_ids=(event.day_id,))


def day_ends_swaps(event: DayChanged) -> bool:
    return event.act == "cancel"


def lapse_swaps(at: datetime) -> None:
    """Every few minutes: what was not answered one day before its turn."""
    services.lapse_due(at=at)
