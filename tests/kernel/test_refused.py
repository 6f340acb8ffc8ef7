from django.utils.translation import gettext_lazy as _

from lianxin.kernel.refused import Absent, Forbidden, Refused, TooMany


class TooLate(Refused):
    message = _("This is not possible now.")
    code = "too_late"
    hint = "Come back tomorrow."


def test_a_subclass_speaks_for_itself():
    refused = TooLate()
    assert (refused.code, refused.status, refused.hint) == ("too_late", 409, "Come back tomorrow.")
    assert str(refused) == str(TooLate.message)


def test_everything_can_be_said_where_it_is_raised():
    refused = Refused("No.", "plain", status=422, hint="Yes, later.")
    assert (str(refused), refused.code, refused.status) == ("No.", "plain", 422)
    assert refused.hint == "Yes, later."
    assert Refused().status == 409


def test_the_status_follows_from_the_kind():
    assert (Forbidden().status, Absent().status) == (403, 404)
    assert TooMany(retry_after=30).retry_after == 30
