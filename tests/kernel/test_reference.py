import pytest
from django.db import connection, transaction

from lianxin.kernel import reference
from tests.kernel.world import Note

pytestmark = pytest.mark.django_db


def remembering():
    """A remembered read, and the list of the times it really read."""
    read = []

    @reference.remembered(Note)
    def titles(least=0):
        read.append(least)
        found = Note.objects.filter(due__gte=least).order_by("title")
        return tuple(found.values_list("title", flat=True))

    return titles, read


def test_what_did_not_change_is_read_once_per_question(django_assert_num_queries):
    titles, read = remembering()
    Note.objects.create(title="a", due=1)
    assert [titles(), titles(), titles(2), titles(2)] == [("a",), ("a",), (), ()]
    assert read == [0, 2]
    with django_assert_num_queries(1):
        titles()


@pytest.mark.parametrize(
    "change",
    [
        lambda: Note.objects.create(title="b", due=1),
        lambda: Note.objects.bulk_create([Note(title="b", due=1)]),
        lambda: Note.objects.update(title="b"),
        lambda: Note.objects.all().delete(),
    ],
)
def test_whoever_changes_the_table_is_noticed(change):
    titles, read = remembering()
    Note.objects.create(title="a", due=1)
    before = titles()
    change()
    assert titles() != before
    assert len(read) == 2


def test_what_was_rolled_back_is_forgotten():
    titles, _read = remembering()
    for title in ("a", "b"):  # the second change must not look like the first
        with transaction.atomic():
            Note.objects.create(title=title, due=1)
            assert titles() == (title,)
            transaction.set_rollback(True)
        assert titles() == ()


def test_without_a_stamp_nothing_is_remembered():
    titles, read = remembering()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM kernel_stamp")
    assert titles() == titles() == ()
    assert len(read) == 2


def test_within_one_look_the_stamps_are_read_once(django_assert_num_queries):
    titles, _read = remembering()
    with django_assert_num_queries(3), reference.one_look():
        titles(), titles(), titles(1)
    Note.objects.create(title="a", due=1)
    assert titles() == ("a",)


def test_only_so_many_answers_are_kept(monkeypatch):
    monkeypatch.setattr(reference, "MOST", 2)
    titles, read = remembering()
    for least in (1, 2, 3, 1):
        titles(least)
    assert read == [1, 2, 3, 1]
