"""The field for a place: words, codes, and what it asks back."""

import pytest
from django import forms

from lianxin.places.enums import Level
from lianxin.places.forms import DivisionField, NoticeForm
from lianxin.places.models import Division
from lianxin.web.forms import LxForm

pytestmark = pytest.mark.usefixtures("divisions")


class Where(LxForm, forms.Form):
    place = DivisionField(label="Where")


class Village(LxForm, forms.Form):
    place = DivisionField(label="Where", levels=(Level.VILLAGE,), within="53", required=False)


def asked(form_class=Where, text="", code=""):
    return form_class({"place": text, "place_code": code})


def errors(form):
    return [error.code for error in form.errors.as_data()["place"]]


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        ("西山区前卫街道", "", "530112005"),
        ("云南省 › 昆明市 › 西山区 › 前卫街道", "530112005", "530112005"),
        ("", "530112005", "530112005"),
        ("玉龙社区", "530902002005", "530902002005"),  # a chip beside the error
        ("西山区前卫街道", "530902002005", "530112005"),  # the words were changed afterwards
        ("石林县", "999999", "530126"),
    ],
)
def test_words_and_codes(text, code, expected):
    form = asked(text=text, code=code)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["place"] == expected


def test_what_is_ambiguous_is_asked_back_with_both():
    form = asked(text="玉龙社区")
    assert errors(form) == ["ambiguous"]
    page = str(form)
    for code in ("530112005002", "530902002005"):
        assert f'type="radio" name="place_code" value="{code}"' in page
    assert 'value="玉龙社区"' in page
    assert "临翔区" in page


def test_what_is_not_known_is_asked_back_with_similar_ones():
    assert errors(asked(text="天涯海角")) == ["unknown"]
    form = asked(text="玉龙")
    assert errors(form) == ["ambiguous"]
    form = asked(text="姆登")
    assert errors(form) == ["similar"]
    assert 'value="533323201204"' in str(form)


def test_a_larger_place_is_asked_for_its_parts():
    form = asked(Village, "西山区前卫街道")
    assert errors(form) == ["level"]
    assert 'value="530112005001"' in str(form)
    assert asked(Village, "西山区前卫街道", "530112005001").is_valid()


def test_left_out():
    assert errors(asked()) == ["required"]
    form = asked(Village)
    assert form.is_valid()
    assert form.cleaned_data["place"] == ""


def test_retired_and_foreign_places_are_refused():
    Division.objects.filter(code="530112005").update(is_active=False)
    assert errors(asked(text="", code="530112005")) == ["unknown"]


def test_a_code_as_initial_value_is_shown_as_words():
    page = str(Where(initial={"place": "530112005"}))
    assert 'value="云南省 › 昆明市 › 西山区 › 前卫街道"' in page
    assert 'value="530112005" data-code' in page


def test_what_was_typed_is_not_believed():
    page = str(asked(text='"><script>'))
    assert "<script>" not in page.replace('<script type="module" src=', "")


def test_two_forms_do_not_share_their_choices():
    assert errors(asked(text="玉龙社区")) == ["ambiguous"]
    assert "radio" not in str(asked(text="西山区"))


def test_a_notice_is_refused_beside_the_field():
    form = NoticeForm({"days": "2027-10-01 什么"}, year=2027)
    assert not form.is_valid()
    assert "2027-10-01" in str(form.errors["days"])
