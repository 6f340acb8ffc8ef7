import pytest

from lianxin.kernel.among import Among
from tests.kernel.world import Note

pytestmark = pytest.mark.django_db


def test_rows_with_one_of_the_words():
    for title in ("open", "answered", "closed"):
        Note.objects.create(title=title)
    rows = Note.objects.filter(Among("title", words=("open", "answered")))
    assert set(rows.values_list("title", flat=True)) == {"open", "answered"}
    assert "IN ('open', 'answered')" in rows.query.sql_with_params()[0]


@pytest.mark.parametrize("word", ["it's", "a b", "", "1"])
def test_only_words_of_ours_stand_in_a_statement(word):
    with pytest.raises(ValueError, match="words of ours"):
        Among("title", words=(word,))
