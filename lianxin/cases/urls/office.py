"""Addresses for the office's pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from lianxin.cases.views import office, office_rules, office_supervise

urlpatterns: list[URLPattern] = [
    path("office/", office.board, name="office"),
    path("office/matters/", office.matters, name="office-matters"),
    path("office/matters/remind/", office.remind_picked, name="office-remind"),
    path("office/places/", office.places, name="office-places"),
    path("office/units/", office.units, name="office-units"),
    path("office/supervisions/", office_supervise.supervisions, name="office-supervisions"),
    path("office/extensions/", office_supervise.extensions, name="office-extensions"),
    path("office/commitments/", office_supervise.commitments, name="office-commitments"),
    path("office/cases/<uuid:case_id>/supervise/", office_supervise.supervise, name="supervise"),
    path(
        "office/supervisions/<uuid:supervision_id>/conclude/",
        office_supervise.conclude,
        name="conclude",
    ),
    path("office/rules/", office_rules.rules, name="rules"),
    path("office/rules/new/", office_rules.new_rule, name="rule-new"),
    path("office/rules/classes/", office_rules.answer_class, name="answer-class-new"),
    path("office/rules/classes/<uuid:row_id>/", office_rules.answer_class, name="answer-class"),
    path("office/rules/reasons/", office_rules.reason, name="refusal-reason-new"),
    path("office/rules/reasons/<uuid:row_id>/", office_rules.reason, name="refusal-reason"),
    path("office/rules/categories/", office_rules.category, name="category-new"),
    path("office/rules/categories/<uuid:row_id>/", office_rules.category, name="category"),
]
