import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template
from django.utils.datastructures import MultiValueDict

from lianxin.kernel.refused import Absent, Forbidden, Refused
from lianxin.web.forms import (
    ChipSelect,
    LxForm,
    PhotosField,
    attempt,
    error_list,
    shares_fields,
)


class AnswerForm(LxForm, forms.Form):
    text = forms.CharField(label="答复", help_text="写清结果", widget=forms.Textarea)
    kind = forms.ChoiceField(
        label="类别", choices=[("s", "解决"), ("p", "列入计划")], widget=ChipSelect
    )
    note = forms.CharField(label="备注", required=False)
    photos = PhotosField(label="照片", max_files=2, max_megabytes=1, required=False)


class PlaceField(forms.CharField):
    keeps_state = True


@shares_fields
class QuickForm(LxForm, forms.Form):
    text = forms.CharField(label="答复")
    place = PlaceField(required=False)

    def __init__(self, *args, short=False, **kwargs):
        super().__init__(*args, **kwargs)
        if short:
            del self.fields["text"]


def test_shared_fields_are_dressed_once_and_checked_apart():
    one, other, short = QuickForm({"text": "已修好"}), QuickForm({}), QuickForm({}, short=True)
    assert one.fields["text"] is other.fields["text"]
    assert one.fields["place"] is not other.fields["place"]
    assert (one.is_valid(), other.is_valid(), short.is_valid()) == (True, False, True)
    assert other.errors == {"text": ["请填写：答复"]}
    validators = [v for v in QuickForm().fields["text"].validators if hasattr(v, "limit_value")]
    assert len(validators) == 1
    assert 'aria-required="true"' in drawn(QuickForm())


def test_what_shares_its_fields_leaves_those_of_its_parents_alone():
    class Parent(LxForm, forms.Form):
        text = forms.CharField()

    @shares_fields
    class Child(Parent):
        pass

    assert Parent.base_fields["text"] is not Child.base_fields["text"]
    assert Parent().fields["text"] is not Parent().fields["text"]


def drawn(form):
    page = Template("{% load lx %}<main>{% lx_form form %}</main>")
    return page.render(Context({"form": form}))


def photo(name="a.jpg", size=10):
    return SimpleUploadedFile(name, b"x" * size, content_type="image/jpeg")


def test_a_field_has_label_hint_and_no_browser_bubbles():
    page = drawn(AnswerForm())
    assert '<label class="name" for="id_text">答复' in page
    assert 'id="id_text_helptext">写清结果' in page
    assert 'aria-describedby="id_text_helptext"' in page
    assert " required" not in page
    assert '备注 <span class="optional">（可不填）</span>' in page
    assert 'id="errors"' not in page


def test_errors_are_said_on_top_and_beside_the_field_and_lead_to_it():
    form = AnswerForm({"note": "留着"})
    page = drawn(form)
    assert error_list(form) == [("请填写：答复", "#id_text"), ("请选择：类别", "#id_kind_0")]
    assert 'href="#id_text">请填写：答复' in page
    assert 'id="id_kind_0"' in page
    assert 'aria-invalid="true"' in page
    assert 'id="id_text_error"' in page
    assert 'aria-describedby="id_text_helptext id_text_error"' in page
    assert 'value="留着"' in page
    assert "有 2 处要改" in page


def test_a_refusal_keeps_what_was_typed():
    form = AnswerForm({"text": "已修好", "kind": "s"})
    assert form.is_valid()

    def refuse():
        raise Refused("这件事已经答复过。", code="answered", hint="请看最新的情况。")

    assert attempt(form, refuse) is None
    assert not form.is_valid()
    page = drawn(form)
    assert "这件事已经答复过。" in page
    assert "请看最新的情况。" in page
    assert "已修好" in page


def test_success_passes_through():
    form = AnswerForm({"text": "已修好", "kind": "s"})
    assert form.is_valid()
    assert attempt(form, lambda: "done") == "done"


@pytest.mark.parametrize("kind", [Forbidden, Absent])
def test_what_is_no_matter_of_typing_becomes_a_page(kind):
    form = AnswerForm({"text": "已修好", "kind": "s"})
    assert form.is_valid()

    def refuse():
        raise kind()

    with pytest.raises(kind):
        attempt(form, refuse)


def bound(*photos):
    return AnswerForm({"text": "x", "kind": "s"}, MultiValueDict({"photos": list(photos)}))


def test_photos_come_as_a_list():
    form = bound(photo("a.jpg"), photo("b.jpg"))
    assert form.is_valid()
    assert [p.name for p in form.cleaned_data["photos"]] == ["a.jpg", "b.jpg"]
    assert bound().is_valid()


@pytest.mark.parametrize(
    ("photos", "sentence"),
    [
        ([photo("1.jpg"), photo("2.jpg"), photo("3.jpg")], "最多 2 个文件。"),
        ([photo("大.jpg", 1024 * 1024 + 1)], "“大.jpg”超过 1 MB。"),
    ],
)
def test_too_many_and_too_large_photos_are_refused(photos, sentence):
    form = bound(*photos)
    assert form.errors["photos"] == [sentence]


def test_text_is_escaped_everywhere():
    page = drawn(AnswerForm({"text": "<script>x</script>", "kind": "<b>"}))
    assert "<script>x" not in page
    assert "<b>" not in page
