"""Keeping a venue's page: every kind of row by one way, the checklist, photos with consent."""

import io
from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image

from lianxin.kernel.refused import Absent, Forbidden, IllegalMove
from lianxin.record.models import Attachment, Entry
from lianxin.record.queries import attachments_of
from lianxin.venues.models import CheckPoint, NewsItem, ThemedActivity, VenueText
from lianxin.venues.queries.contents import contents_of
from lianxin.venues.rules import VenueRefused
from lianxin.venues.services import contents, photos
from lianxin.venues.services.checkpoints import ensure_checkpoints
from tests import factories as f

pytestmark = pytest.mark.django_db

AT = f.MONDAY
VALUES = {
    "texts": {"kind": "rule", "title": "接待制度", "text": "每周三上午。"},
    "staff": {"name": "段小梅", "title": "联络员", "phone": "0871-1"},
    "equipment": {"name": "接待室", "number": 1, "note": ""},
    "closed": {
        "from_date": date(2026, 11, 9),
        "until_date": date(2026, 11, 10),
        "reason": "停电检修",
    },
    "partners": {"kind": "institute", "name": "水务院", "title": "水质检测"},
    "activities": {
        "title": "巡河",
        "starts_at": AT + timedelta(days=3),
        "ends_at": None,
        "place": "大观河",
        "text": "",
    },
    "news": {"title": "坡道修好了", "text": "今天起可用。"},
}


@pytest.fixture
def world():
    return f.world()


def status(client, url):
    response = client.get(url)
    if response.streaming:
        b"".join(response.streaming_content)
    return response.status_code


def photo(colour="red"):
    out = io.BytesIO()
    Image.new("RGB", (60, 80), colour).save(out, "PNG")
    return ContentFile(out.getvalue(), name="photo.png")


def save(world, kind, by=None, row_id=None, **more):
    return contents.save_row(
        venue_id=world.venue.pk,
        kind=kind,
        row_id=row_id,
        values=VALUES[kind],
        by=by or world.head,
        at=AT,
        **more,
    )


def test_every_kind_has_values_here_and_is_shown_to_everybody(world, client):
    assert set(VALUES) == set(contents.KINDS)
    for kind in VALUES:
        save(world, kind)
    shown = contents_of(world.venue, on=date(2026, 11, 2))
    for kind in VALUES:
        assert len(getattr(shown, kind)) == 1, kind
    both = client.get(reverse("venues:venue", args=[world.venue.code])).content.decode()
    both += client.get(reverse("venues:about", args=[world.venue.code])).content.decode()
    for words in ("接待制度", "段小梅", "接待室", "水务院", "巡河", "坡道修好了"):
        assert words in both, words


@pytest.mark.parametrize("kind", sorted(VALUES))
def test_only_the_head_writes(world, kind):
    row = save(world, kind)
    for by in (world.clerk, world.other_clerk, world.supervisor, world.deputy):
        with pytest.raises(Forbidden):
            save(world, kind, by=by)
        with pytest.raises(Forbidden):
            contents.remove_row(venue_id=world.venue.pk, kind=kind, row_id=row.pk, by=by, at=AT)
    with pytest.raises(Absent):
        contents.save_row(
            venue_id=world.other_venue.pk,
            kind=kind,
            row_id=row.pk,
            values=VALUES[kind],
            by=None,
            at=AT,
        )


def test_the_journal_names_the_row_and_never_its_words(world):
    save(world, "staff")
    entry = Entry.objects.get(action="venues.content.add")
    assert entry.data["kind"] == "staff"
    assert "段小梅" not in str(entry.data)


def test_rows_move_up_among_their_own(world):
    rows = [save(world, "texts") for _ in range(3)]
    other = contents.save_row(
        venue_id=world.venue.pk,
        kind="texts",
        row_id=None,
        values={**VALUES["texts"], "kind": "about"},
        by=world.head,
        at=AT,
    )
    contents.move_up(venue_id=world.venue.pk, kind="texts", row_id=rows[2].pk, by=world.head, at=AT)
    order = [row.pk for row in VenueText.objects.filter(kind="rule")]
    assert order == [rows[0].pk, rows[2].pk, rows[1].pk]
    contents.move_up(venue_id=world.venue.pk, kind="texts", row_id=other.pk, by=world.head, at=AT)
    with pytest.raises(Absent):
        contents.move_up(
            venue_id=world.venue.pk, kind="news", row_id=other.pk, by=world.head, at=AT
        )


def test_an_activity_is_held_once_with_its_outcome_and_photos(world):
    row = save(world, "activities")
    held = contents.hold_activity(
        venue_id=world.venue.pk,
        row_id=row.pk,
        outcome="议定三件事。",
        photos=[photo()],
        by=world.head,
        at=AT,
    )
    assert (held.state, attachments_of(held).count()) == ("held", 1)
    for act in (contents.cancel_activity, contents.hold_activity):
        more = {"outcome": "x"} if act is contents.hold_activity else {}
        with pytest.raises(IllegalMove):
            act(venue_id=world.venue.pk, row_id=row.pk, by=world.head, at=AT, **more)
    off = save(world, "activities")
    contents.cancel_activity(venue_id=world.venue.pk, row_id=off.pk, by=world.head, at=AT)
    assert ThemedActivity.objects.get(pk=off.pk).state == "cancelled"


def test_the_checklist_has_seven_points_and_says_whose_rule_each_is(world):
    assert ensure_checkpoints() == CheckPoint.objects.count() == 7
    ours = [one for one in CheckPoint.objects.all() if "平台默认" in one.source]
    assert {one.code for one in ours} == {"equipment", "staff"}
    CheckPoint.objects.filter(code="place").update(name="有场所")
    ensure_checkpoints()
    point = CheckPoint.objects.get(code="place")
    assert point.name == "有场所"
    for is_met in (False, True):
        item = contents.check_point(
            venue_id=world.venue.pk,
            point_id=point.pk,
            is_met=is_met,
            note="一楼",
            checked_on=date(2026, 11, 2),
            photos=[photo()],
            by=world.head,
            at=AT,
        )
    assert (item.is_met, attachments_of(item).count()) == (True, 2)
    assert contents_of(world.venue, on=date(2026, 11, 2)).met == 1


def test_photos_are_public_while_the_venue_is_open_and_come_down(world, client):
    row = save(world, "news", photos=[photo()])
    picture = attachments_of(row).get()
    url = reverse("record:attachment", args=[picture.pk, "full"])
    assert status(client, url) == 200
    with pytest.raises(Absent):
        contents.remove_photo(
            venue_id=world.other_venue.pk, attachment_id=picture.pk, by=None, at=AT
        )
    contents.remove_photo(venue_id=world.venue.pk, attachment_id=picture.pk, by=world.head, at=AT)
    assert status(client, url) == 404
    contents.remove_row(venue_id=world.venue.pk, kind="news", row_id=row.pk, by=world.head, at=AT)
    assert not NewsItem.objects.exists()


class TestPortraits:
    def set(self, world, by, consents=True):
        return photos.set_portrait(
            deputy_id=world.deputy.deputy_id, photo=photo(), consents=consents, by=by, at=AT
        )

    def test_only_with_consent_which_the_journal_notes(self, world):
        with pytest.raises(VenueRefused):
            self.set(world, world.head, consents=False)
        self.set(world, world.head)
        entry = Entry.objects.get(action="venues.portrait.set")
        assert entry.data == {"consent": True}

    def test_head_and_congress_office_and_nobody_else(self, world):
        for by in (world.head, world.supervisor):
            self.set(world, by)
        for by in (world.clerk, world.other_clerk, world.handler, world.deputy):
            with pytest.raises(Forbidden):
                self.set(world, by)

    def test_one_at_a_time_public_until_taken_down(self, world, client):
        first, second = self.set(world, world.head), self.set(world, world.head)
        states = dict(Attachment.objects.values_list("pk", "state"))
        assert (states[first.pk], states[second.pk]) == ("REMOVED", "BOUND")
        url = reverse("record:attachment", args=[second.pk, "preview"])
        assert status(client, url) == 200
        page = client.get(reverse("venues:venue", args=[world.venue.code])).content.decode()
        assert str(second.pk) in page
        photos.remove_portrait(deputy_id=world.deputy.deputy_id, by=world.head, at=AT)
        photos.remove_portrait(deputy_id=world.deputy.deputy_id, by=world.head, at=AT)
        assert status(client, url) == 404
        assert Entry.objects.filter(action="venues.portrait.remove").count() == 1


class TestPages:
    def url(self, world, name="keep-venue", *args):
        return reverse(f"venues:{name}", args=[world.venue.code, *args])

    def sign_in(self, client, world, who):
        from lianxin.people.models import Account

        client.force_login(Account.objects.get(username=who))

    def test_the_head_writes_news_and_a_clerk_only_looks(self, client, world):
        self.sign_in(client, world, "head")
        page = client.get(self.url(world)).content.decode()
        assert "写动态" in page
        new = self.url(world, "keep-new", "news")
        again = client.post(new, {"title": "", "text": "话"})
        assert again.status_code == 200
        done = client.post(new, {"title": "新坡道", "text": "话", "photos": photo()}, follow=True)
        assert "已保存" in done.content.decode()
        row = NewsItem.objects.get(title="新坡道")
        assert attachments_of(row).count() == 1
        client.post(self.url(world, "keep-row", "news", row.pk), {"title": "改了", "text": "话"})
        assert NewsItem.objects.get().title == "改了"
        client.post(self.url(world, "keep-remove", "news", row.pk))
        assert not NewsItem.objects.exists()
        self.sign_in(client, world, "clerk")
        page = client.get(self.url(world)).content.decode()
        assert "写动态" not in page
        assert client.get(new).status_code == 403
        assert client.get(self.url(world, "keep-new", "nonsense")).status_code == 403

    def test_name_and_hours_change_and_an_unknown_kind_is_absent(self, client, world):
        self.sign_in(client, world, "head")
        values = {"name": "前卫工作站", "topic": "", "address": "路1号", "phone": "", "hours": ""}
        client.post(self.url(world, "keep-facts"), values)
        world.venue.refresh_from_db()
        assert (world.venue.name, world.venue.address) == ("前卫工作站", "路1号")
        assert client.get(self.url(world, "keep-new", "nonsense")).status_code == 404

    def test_a_deputy_leaves_and_another_comes(self, client, world):
        self.sign_in(client, world, "head")
        newcomer = f.deputy("和丽珍")
        add = self.url(world, "keep-deputy-add")
        assert "和丽珍" in client.get(add, {"q": "和丽"}).content.decode()
        client.post(add, {"deputy": newcomer.deputy_id, "from_date": "2026-11-01"})
        page = client.get(self.url(world)).content.decode()
        assert "和丽珍" in page
        stationing = world.deputy_row().stationings.get()
        client.post(self.url(world, "keep-deputy-end", stationing.pk), {"until_date": "2026-10-01"})
        assert "周明远" not in client.get(self.url(world)).content.decode()

    @pytest.mark.parametrize("count", [1, 30])
    def test_it_costs_the_same_for_one_and_thirty(
        self, client, world, count, django_assert_num_queries
    ):
        self.sign_in(client, world, "head")
        for _ in range(count):
            for kind in VALUES:
                save(world, kind)
        client.get(self.url(world))
        with django_assert_num_queries(7):
            client.get(self.url(world))
