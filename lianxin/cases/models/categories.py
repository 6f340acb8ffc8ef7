"""The tree of categories with its own questions, and the reasons for refusing. All editable rows."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import QuestionKind
from lianxin.handling.enums import Urgency
from lianxin.kernel.models import Entity


def in_language(chinese: str, english: str) -> str:
    """Rows carry both languages; English falls back to Chinese."""
    return english if english and (get_language() or "").startswith("en") else chinese


class Category(Entity):
    """Two levels, so that a resident gets there in two taps. `words` suggest it from the text."""

    code = models.SlugField(max_length=40, unique=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=60, blank=True, default="")
    words: models.JSONField[Any] = models.JSONField(default=list, blank=True)
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.ORDINARY)
    version = models.PositiveSmallIntegerField(default=1)
    sort = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("sort", "code")

    def __str__(self) -> str:
        return in_language(self.name, self.name_en)


class Question(Entity):
    """What is asked in addition where a matter has this category."""

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="questions")
    code = models.SlugField(max_length=40)
    label = models.CharField(_("question"), max_length=80)
    label_en = models.CharField(max_length=120, blank=True, default="")
    kind = models.CharField(max_length=8, choices=QuestionKind.choices)
    choices: models.JSONField[Any] = models.JSONField(default=list, blank=True)
    is_required = models.BooleanField(default=False)
    sort = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("sort", "code")
        constraints = (
            models.UniqueConstraint(fields=("category", "code"), name="cases_question_once"),
        )

    def __str__(self) -> str:
        return in_language(self.label, self.label_en)


class RefusalReason(Entity):
    """Why a matter is not for here, and which door is the right one."""

    code = models.SlugField(max_length=40, unique=True)
    label = models.CharField(_("reason"), max_length=80)
    label_en = models.CharField(max_length=120, blank=True, default="")
    door = models.CharField(_("the right door"), max_length=200)
    door_en = models.CharField(max_length=300, blank=True, default="")
    phone = models.CharField(_("phone"), max_length=30, blank=True, default="")
    sort = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("sort", "code")

    def __str__(self) -> str:
        return in_language(self.label, self.label_en)

    @property
    def right_door(self) -> str:
        return in_language(self.door, self.door_en)
