"""manage.py plan_rotas: the rotas of a year, of one venue, a division or the province."""

from __future__ import annotations

import random
import statistics
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import QuerySet
from django.utils import translation
from tqdm import tqdm

from lianxin.kernel.board_codes import normalise_board_code
from lianxin.kernel.clock import now
from lianxin.places.queries import within_q
from lianxin.reception.models import ReceptionDay
from lianxin.reception.queries.rota_people import people_of
from lianxin.reception.rules.rota import exact
from lianxin.reception.rules.rota.problem import ORDER
from lianxin.reception.rules.rota.score import points, score
from lianxin.reception.rules.rota_words import collision_words, relaxation_words
from lianxin.reception.services.rota_many import Done, plan_many
from lianxin.venues.enums import VenueKind
from lianxin.venues.models import Venue

#: Which venues come first: those whose deputies also sit in the others.
KINDS = (VenueKind.HOME, VenueKind.PRACTICE_BASE, VenueKind.SPECIALISED, VenueKind.STATION)
#: Venues whose collisions are shown in words, two of a kind; and what the naive model may take for one venue.
SHOWN, PATIENCE = 12, 30.0


@dataclass
class Tally:
    """What is told at the end of a run."""

    venues: int = 0
    days: int = 0
    seats: int = 0
    proven: int = 0
    bettered: int = 0
    relaxed: Counter[str] = field(default_factory=Counter)
    how: Counter[str] = field(default_factory=Counter)
    spread: Counter[int] = field(default_factory=Counter)
    gaps: list[float] = field(default_factory=list)
    ours: list[int] = field(default_factory=lambda: [0] * len(ORDER))
    greedy: list[int] = field(default_factory=lambda: [0] * len(ORDER))
    solving: float = 0.0
    working: float = 0.0

    def take(self, one: Done) -> None:
        made = one.made
        self.venues += 1
        self.days += made.figures["days"]
        self.seats += len(made.proposal)
        self.proven += made.figures["is_proven"]
        self.bettered += made.score < made.greedy
        self.relaxed.update(made.figures["relaxed"].keys())
        self.how[made.figures["how"]] += 1
        self.spread[made.figures["spread"]] += 1
        self.solving += made.seconds
        self.working += made.cpu
        if made.figures["gap"]:
            self.gaps.append(made.figures["gap"])
        for position in range(len(ORDER)):
            self.ours[position] += made.score[position]
            self.greedy[position] += made.greedy[position]


class Command(BaseCommand):
    help = (
        "Plans the rotas of a year as drafts; with --publish they come into force. Prints how long "
        "it took, how fair they are, how many are proven to be the best, and what collides."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--year", type=int, required=True)
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("--venue", help="the code of a venue")
        where.add_argument("--division", help="the code of a division: all venues in it")
        where.add_argument("--province", action="store_true", help="all venues")
        parser.add_argument("--workers", type=int, default=2, help="processes that solve")
        parser.add_argument("--publish", action="store_true", help="let the rotas come into force")
        parser.add_argument(
            "--compare",
            type=int,
            default=0,
            metavar="N",
            help="also solve N sampled venues by one naive model each",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        ids = _ordered(_venues(options), options["year"])
        if not ids:
            raise CommandError("No venue there has reception days in that year.")
        tally, told = Tally(), Counter[tuple[str, ...]]()
        sample = set(random.Random(1).sample(ids, min(options["compare"], len(ids))))  # noqa: S311
        kept: list[Done] = []
        began = time.perf_counter()
        bar = tqdm(total=len(ids), unit=" venues", disable=None, file=self.stderr, leave=False)
        for one in plan_many(
            venue_ids=ids,
            year=options["year"],
            workers=options["workers"],
            publish=options["publish"],
            by=None,
            at=now(),
        ):
            tally.take(one)
            bar.update()
            if one.venue_id in sample:
                kept.append(one)
            kind = _kind_of(one)
            if kind and told[kind] < 2 and told.total() < SHOWN:
                told[kind] += 1
                self._explain(one, options["year"])
        bar.close()
        self._tell(tally, time.perf_counter() - began, options)
        if kept:
            self._compare(kept)

    def _explain(self, one: Done, year: int) -> None:
        """The collisions of a venue in words, in the language of the installation."""
        venue = Venue.objects.get(pk=one.venue_id)
        names = {str(pk): person.name for pk, person in people_of(venue, year).items()}
        days = {day.key: (day.on, day.language) for day in one.problem.days}
        with translation.override("zh-hans"):
            said = collision_words(one.made.collisions, days=days, names=names)
            eased = relaxation_words(one.made.figures["relaxations"])
        self.stdout.write(f"{venue.name} {venue.code}")
        for line in said:
            self.stdout.write(f"  {line.words}")
        for line in eased:
            self.stdout.write(f"    {line.wish}: {line.words}")

    def _tell(self, tally: Tally, seconds: float, options: dict[str, Any]) -> None:
        say = self.stdout.write
        what = "in force" if options["publish"] else "drafts"
        say(
            f"{tally.venues} venues ({what}), {tally.days} days, {tally.seats} seats: "
            f"{seconds:.1f} s with {options['workers']} workers; "
            f"{1000 * tally.solving / max(1, tally.venues):.1f} ms of solving a venue, "
            f"{1000 * tally.working / max(1, tally.venues):.1f} ms of processor."
        )
        spread = ", ".join(f"{key}: {count}" for key, count in sorted(tally.spread.items()))
        say(f"Spread of turns among equals (venues): {spread}.")
        share = 100 * tally.proven / max(1, tally.venues)
        how = ", ".join(f"{name} {count}" for name, count in sorted(tally.how.items()))
        say(f"Proven optimal: {tally.proven} ({share:.1f} %); found by {how}.")
        if tally.gaps:
            say(
                f"Gap of the other {len(tally.gaps)}: largest {max(tally.gaps):.2f}, "
                f"median {statistics.median(tally.gaps):.2f}."
            )
        if tally.relaxed:
            gave = ", ".join(f"{name}: {count}" for name, count in sorted(tally.relaxed.items()))
            say(f"Venues whose wishes collide ({gave}).")
        ratio = points(tuple(tally.ours)) / max(1, points(tuple(tally.greedy)))
        say(
            f"Better than the plain greedy in {tally.bettered} venues; "
            f"points to the greedy's: {ratio:.3f}."
        )
        for name, ours, greedy in zip(ORDER, tally.ours, tally.greedy, strict=True):
            if ours or greedy:
                say(f"  {name}: {ours} (plain greedy {greedy})")

    def _compare(self, kept: list[Done]) -> None:
        """The same venues by one plain model each, one after the other in this process."""
        ours = naive = 0.0
        better = worse = failed = proven = 0
        own_points = naive_points = 0
        for one in kept:
            began = time.perf_counter()
            found = exact.naive(one.problem, seconds=PATIENCE)
            naive += time.perf_counter() - began
            ours += one.made.seconds
            if found is None:
                failed += 1
                continue
            figures = score(one.problem, found.seats)
            proven += found.floors[0]
            better += one.made.score < figures
            worse += one.made.score > figures
            own_points += points(one.made.score)
            naive_points += points(figures)
        self.stdout.write(
            f"Against one naive CP-SAT model each on {len(kept)} venues (at most {PATIENCE:.0f} s): "
            f"{ours / len(kept):.3f} s to {naive / len(kept):.3f} s a venue, ratio of time "
            f"{ours / max(naive, 1e-9):.4f}, of points {own_points / max(1, naive_points):.3f}; "
            f"ours better in {better}, worse in {worse}; naive proven in {proven}, "
            f"nothing found in {failed}."
        )


def _kind_of(one: Done) -> tuple[str, ...]:
    """Which wishes and absences stand against one another; () for a rota that keeps all wishes."""
    found = {cause[0] for said in one.made.collisions for cause in said["causes"]}
    return tuple(sorted(found | {said["wish"] for said in one.made.collisions}))


def _venues(options: dict[str, Any]) -> QuerySet[Venue]:
    venues = Venue.objects.filter(is_active=True)
    if options["venue"]:
        code = normalise_board_code(options["venue"])
        if code is None or not venues.filter(code=code).exists():
            raise CommandError(f"No venue has the code {options['venue']}.")
        return venues.filter(code=code)
    return venues.filter(within_q(options["division"])) if options["division"] else venues


def _ordered(venues: QuerySet[Venue], year: int) -> list[UUID]:
    """Venues that have days in the year, those of larger areas first."""
    with_days = ReceptionDay.objects.filter(date__year=year).values("venue")
    order: dict[str, int] = {str(kind): rank for rank, kind in enumerate(KINDS)}
    rows = venues.filter(pk__in=with_days).values_list("kind", "division_code", "pk")
    return [pk for _rank, _code, pk in sorted((order.get(k, 9), code, pk) for k, code, pk in rows)]
