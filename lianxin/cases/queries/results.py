"""Published results: the list with its filters, one of them, and those like what somebody writes.

Only masked texts that a person released are ever shown or searched here. Open matters are not
offered to strangers: their words are not masked, and a search among them would tell who said what.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import F, Q, QuerySet

from lianxin.cases.models import Publication
from lianxin.cases.queries.cases import published
from lianxin.kernel import search
from lianxin.kernel.refused import Absent
from lianxin.kernel.tokens_match import TokensMatch
from lianxin.places.queries import within_q

ORDER = ("-published_at", "-id")
#: How many recent results are looked through for likeness.
CANDIDATES = 80
#: Part of the words of a text that a result must share to be called alike.
ALIKE = 0.22


#: Words alone find so many, the newest: in a province a common one stands in thousands of results.
MOST_FOUND = 500


@dataclass(frozen=True, slots=True)
class ResultFilters:
    text: str = ""
    category: str = ""
    place: str = ""
    outcome: str = ""

    @property
    def words_alone(self) -> bool:
        return bool(self.text) and not (self.category or self.place or self.outcome)


def results(by: ResultFilters) -> QuerySet[Publication]:
    """Published results narrowed by words, category (top or below), place and outcome.

    Words alone find the newest MOST_FOUND.
    """
    rows = published().select_related("category__parent", "venue").filter(within_q(by.place))
    if by.category:
        rows = rows.filter(Q(category__code=by.category) | Q(category__parent__code=by.category))
    if by.outcome:
        rows = rows.filter(outcome=by.outcome)
    return search.matching(rows, by.text, newest=MOST_FOUND if by.words_alone else None)


def result(publication_id: UUID) -> Publication:
    """One published result with its number of voices; raises Absent (taken back ones too)."""
    rows = (
        published()
        .select_related("category__parent", "venue")
        .annotate(voices=F("case__voices_count"))
    )
    found = rows.filter(pk=publication_id).first()
    if found is None:
        raise Absent
    return found


def alike(text: str, *, division_code: str = "", most: int = 3) -> list[Publication]:
    """Published results of the same county that share words with a text, likest first. One query."""
    said = {word for word in search.cut(text[:600]) if len(word) > 1 and search.terms(word)}
    wanted = sorted(said, key=lambda word: (-len(word), word))[:8]
    if not wanted:
        return []
    either = reduce(or_, (Q(_holds(word)) for word in wanted))
    rows = published().filter(within_q(division_code[:6]), either).order_by(*ORDER)[:CANDIDATES]
    scored = [(len(said & set(row.search_text.split())) / len(said), row) for row in rows]
    near = sorted((one for one in scored if one[0] >= ALIKE), key=lambda one: -one[0])
    return [row for _share, row in near[:most]]


def _holds(word: str) -> TokensMatch:
    terms = tuple(search.terms(word))
    return TokensMatch(F("pk"), F("search_text"), terms=terms)
