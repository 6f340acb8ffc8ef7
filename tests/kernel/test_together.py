from datetime import timedelta

import pytest
from django.db.models import Count, Exists, F, OuterRef, Value

from lianxin.congress.models import Post
from lianxin.kernel.clock import now
from lianxin.kernel.together import hang, together
from tests import factories
from tests.kernel.world import Line, Note

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    at = now()
    for n in range(5):
        Note.objects.create(
            title=f"n{n}",
            due=n or None,
            told_at=at - timedelta(days=n),
            phone=f"1{n}",
            address=None,
        )
    for text in "cab":
        Line.objects.create(text=text)


def test_each_list_is_as_if_it_had_been_read_alone(rows, django_assert_num_queries):
    lines = Line.objects.order_by("-text")
    notes = Note.objects.order_by("title").annotate(
        has_line=Exists(Line.objects.filter(text="a")), twice=F("due") * 2
    )
    same = Note.objects.filter(title=OuterRef("title"))
    with django_assert_num_queries(1):
        found = together(lines, notes, notes.filter(Exists(same))[1:3], Note.objects.none())
    assert [one.text for one in found[0]] == ["c", "b", "a"]
    assert [vars_of(one) for one in found[1]] == [vars_of(one) for one in notes]
    assert [one.title for one in found[2]] == ["n1", "n2"]
    assert found[3] == []
    assert found[1][2].phone == "12"
    assert (found[1][0].due, found[1][0].address) == (None, None)


def vars_of(note):
    return {k: v for k, v in vars(note).items() if k not in ("_state", "phone")}


def test_values_sums_and_unions_too(rows):
    kinds = Note.objects.values_list("title", Value(1)).order_by()
    both = kinds.union(Line.objects.values_list("text", Value(2)), all=True).order_by("title")
    sums = Note.objects.values("due").annotate(number=Count("pk")).order_by("due")
    titles = Note.objects.order_by("-title").values_list("title", flat=True)
    found = together(both, sums, titles, Line.objects.values("text").order_by("text"))
    assert found[0] == list(both)
    assert found[1] == list(sums)
    assert found[2] == ["n4", "n3", "n2", "n1", "n0"]
    assert found[3] == [{"text": "a"}, {"text": "b"}, {"text": "c"}]


def test_what_hangs_on_a_row_comes_with_it(rows, django_assert_num_queries):
    desk = factories.organ("前卫街道工作站", kind="venue_desk", division_code="530112005")
    factories.holder("王芳", role="clerk", at_organ=desk)
    posts = Post.objects.select_related("organ", "role", "person")
    with django_assert_num_queries(1):
        _lines, (post,) = together(Line.objects.all(), posts)
        assert (post.organ.name, post.person.name) == ("前卫街道工作站", "王芳")
    assert (post, post.role.abilities) == (posts.get(), posts.get().role.abilities)


def test_what_can_hold_nothing_is_not_asked_for(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert together(Note.objects.none(), Line.objects.filter(pk__in=[])) == [[], []]
        assert together() == []


def test_a_list_that_was_read_together_is_left_as_it_was(rows):
    lines = Line.objects.order_by("text")
    together(lines)
    Line.objects.create(text="d")
    assert lines.count() == 4
    assert len(lines) == 4


def test_what_hangs_on_a_row_is_there_as_if_prefetched(django_assert_num_queries):
    desk = factories.organ("前卫街道工作站", kind="venue_desk", division_code="530112005")
    factories.holder("王芳", role="clerk", at_organ=desk)
    posts = list(Post.objects.all())
    hang(desk, posts=posts)
    with django_assert_num_queries(0):
        assert list(desk.posts.all()) == posts
        assert posts[0].organ is desk
