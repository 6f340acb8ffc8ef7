"""Who sees the page of a case, who is offered which act, and who is turned away."""

import pytest
from django.test import Client

from lianxin.cases.views.case_acts import PAGES
from lianxin.cases.views.case_dispatch_acts import PAGES as ON_DISPATCH
from lianxin.handling.enums import DispatchKind, Part
from lianxin.handling.services import dispatches
from lianxin.handling.services.dispatches import Target
from lianxin.kernel.ids import uuid7
from tests import factories as f
from tests.cases import desk_world as d

pytestmark = pytest.mark.django_db
SEES = {"clerk", "head", "handler", "colleague", "supervisor", "auditor"}
NOT_MEANT = {"other_clerk", "second_handler", "other_handler", "deputy", "second_deputy"}
DESK, HEAD, OFFICE = {"clerk", "head"}, {"head", "supervisor"}, {"clerk", "head", "supervisor"}
UNIT = {"handler", "colleague"}
#: Who may do an act at all; whether it is possible now is another question (200 or 409).
MAY = {
    **dict.fromkeys(PAGES, DESK),
    "reopen": OFFICE,
    "second-look": OFFICE,
    "note": OFFICE | UNIT,
    "publish": HEAD,
    "take-back": HEAD,
    "hold": {"supervisor"},
    "lift": {"supervisor"},
}
MAY_ON = {**dict.fromkeys(ON_DISPATCH, OFFICE), "write-down": DESK}


@pytest.fixture
def world():
    return f.world()


def test_who_sees_the_page(world):
    case = d.fresh(d.signed(world))
    for name in SEES:
        assert d.client(name).get(d.url("case", case.pk)).status_code == 200, name
    for name in NOT_MEANT:
        assert d.client(name).get(d.url("case", case.pk)).status_code == 404, name
    assert Client().get(d.url("case", case.pk)).status_code == 302


def test_a_case_of_others_looks_like_none_at_all(world):
    client = d.client("other_clerk")
    theirs = client.get(d.url("case", f.filed().pk))
    none = client.get(d.url("case", uuid7()))
    assert theirs.status_code == none.status_code == 404
    assert len(theirs.content) == len(none.content)


def test_truth_table_of_acts_on_the_case(world):
    case = d.fresh(d.signed(world))
    for name in sorted(SEES | NOT_MEANT):
        client = d.client(name)
        for code in PAGES:
            got = client.get(d.url(f"case-{code}", case.pk)).status_code
            wanted = {404} if name in NOT_MEANT else {200, 409} if name in MAY[code] else {403}
            assert got in wanted, (name, code, got)
            if name not in MAY[code]:
                sent = client.post(d.url(f"case-{code}", case.pk), {"reason": "x", "text": "x"})
                assert sent.status_code in (403, 404), (name, code, sent.status_code)


def test_truth_table_of_acts_on_a_dispatch(world):
    given = d.answered(world)
    for name in sorted(SEES | NOT_MEANT):
        client = d.client(name)
        for code in ON_DISPATCH:
            got = client.get(d.url(f"case-{code}", given.pk)).status_code
            wanted = {404} if name in NOT_MEANT else {200, 409} if name in MAY_ON[code] else {403}
            assert got in wanted, (name, code, got)
            if name not in MAY_ON[code]:
                sent = client.post(d.url(f"case-{code}", given.pk), {"reason": "x"})
                assert sent.status_code in (403, 404), (name, code, sent.status_code)


def test_follow_ups_promises_and_contacts_are_guarded_alike(world):
    promise, follow_up = d.promise(world), d.follow_up(world)
    voice = f.filed(**d.WHO).voices.get()
    for address in (
        d.url("case-commitment", promise.pk),
        d.url("case-follow-up", follow_up.pk),
        d.url("case-reveal", voice.pk),
    ):
        assert Client().get(address).status_code == 302
        assert d.client("other_clerk").get(address).status_code == 404
        assert d.client("auditor").get(address).status_code == 403
        assert d.client("clerk").get(address).status_code == 200


OFFERED = {
    "clerk": {"remind", "assign", "share", "transfer", "answer", "pause", "merge", "note"},
    "handler": {"dispatch-answer", "return", "extend", "note"},
    "supervisor": {"remind", "note"},
    "auditor": set(),
}


@pytest.mark.parametrize("name", OFFERED)
def test_the_page_offers_what_the_rules_allow(world, name):
    case = d.fresh(d.signed(world))
    page = d.client(name).get(d.url("case", case.pk))
    nodes = [node for _number, roots in page.context["rounds"] for node in roots]
    offered = {act.code for act in page.context["acts"]}
    offered |= {act.code for node in nodes for act in node.acts}
    assert offered >= OFFERED[name]
    if not OFFERED[name]:
        assert not offered
    if name == "handler":
        assert not offered & {"assign", "take", "recall", "merge", "publish"}


def test_one_act_leads(world):
    case = f.filed()
    acts = d.client("clerk").get(d.url("case", case.pk)).context["acts"]
    assert [act.code for act in acts if act.leads] == ["accept"]
    given = d.answered(world)
    acts = d.client("clerk").get(d.url("case", d.fresh(given).pk)).context["acts"]
    assert [act.code for act in acts if act.leads] == ["take"]


def test_a_deputy_who_has_it_sees_it_on_the_phone(world):
    case = f.accepted(world)
    dispatches.send(
        matter_id=case.matter_id,
        kind=DispatchKind.TRIAGE,
        targets=[Target(deputy_id=world.deputy.deputy_id, part=Part.EACH)],
        instruction="请先联系居民。",
        by=world.clerk,
        at=f.MONDAY,
    )
    page = d.client("deputy").get(d.url("case", case.pk))
    assert page.status_code == 200
    assert page.context["is_phone"]
    assert d.client("second_deputy").get(d.url("case", case.pk)).status_code == 404
