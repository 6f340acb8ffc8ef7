"""Organs, the posts people hold in them, and who stands in for whom."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianxin.congress.enums import OrganKind
from lianxin.kernel.models import Entity, Scoped
from lianxin.kernel.rowsecurity import ReadByAll
from lianxin.people.models import Person, Role


class Organ(Scoped):
    """An office, unit, committee, venue desk or outside platform: whoever can hold a matter.

    `superior` is asked when this organ is late; `needs_approval` makes an answer wait for the
    head of the unit before it leaves.
    """

    row_rule = ReadByAll("matters are handed across divisions")

    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(_("short name"), max_length=40, blank=True, default="")
    kind = models.CharField(max_length=20, choices=OrganKind.choices)
    superior = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="inferiors"
    )
    needs_approval = models.BooleanField(_("answers need approval"), default=False)
    phone = models.CharField(_("office phone"), max_length=30, blank=True, default="")
    address = models.CharField(_("office address"), max_length=200, blank=True, default="")
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("division_code", "name")
        constraints = (
            models.UniqueConstraint(
                fields=("division_code", "name", "kind"), name="congress_organ_one_name"
            ),
        )
        indexes = (models.Index(fields=("kind", "division_code"), name="congress_organ_kind"),)

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.short_name or self.name


class Post(Scoped):
    """A person's role at an organ, from one day to another (both inclusive).

    `is_withdrawn` ends it at once, within the day; the journal says by whom and when.
    """

    row_rule = ReadByAll("who acts is found by it, and who is to be told")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="posts")
    organ = models.ForeignKey(Organ, on_delete=models.PROTECT, related_name="posts")
    from_date = models.DateField(_("from"))
    until_date = models.DateField(_("until"), null=True, blank=True)
    is_withdrawn = models.BooleanField(_("post withdrawn"), default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("person", "role", "organ", "from_date"),
                condition=models.Q(is_withdrawn=False),
                name="congress_post_once",
            ),
            models.CheckConstraint(
                condition=models.Q(until_date__isnull=True)
                | models.Q(until_date__gte=models.F("from_date")),
                name="congress_post_dates",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.role_id} {self.organ_id}"


class Absence(Entity):
    """Days on which somebody else acts in a person's place (both inclusive)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="absences")
    substitute = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="stand_ins")
    from_date = models.DateField(_("from"))
    until_date = models.DateField(_("until"))

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(until_date__gte=models.F("from_date")),
                name="congress_absence_dates",
            ),
            models.CheckConstraint(
                condition=~models.Q(person=models.F("substitute")),
                name="congress_absence_somebody_else",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} → {self.substitute_id}"
