"""Erasure by the resident: what goes, what stays, what waits, and that proofs hold."""

import json
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, transaction

from lianxin.cases.enums import DataWish, WishState
from lianxin.cases.models import Case, DataRequest, LegalHold, Publication, Voice
from lianxin.cases.queries import my_data
from lianxin.cases.queries.proofs import leaf_of_voice
from lianxin.cases.queries.resident import tracking
from lianxin.cases.rules import erasing as rules
from lianxin.cases.services import erasing, holding, joining, requesting, retaining
from lianxin.cases.services.revealing import reveal
from lianxin.cases.services.speaking import say
from lianxin.handling.models import Event
from lianxin.handling.services import matters
from lianxin.kernel import data_keys
from lianxin.kernel.models import DataKey
from lianxin.record.models import Entry, Leaf
from tests.application_role import go_on_as_application
from tests.cases.erasing_world import NOW, SECRETS, World
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


def everything(voice) -> str:
    """All that the database says in the clear of a case, and what opens."""
    case = Case.objects.get(pk=voice.case_id)
    again = Voice.objects.get(pk=voice.pk)
    said = [case.said, case.title, json.dumps(case.details), case.address, case.position]
    said += [case.search_text]
    said += [again.name, again.phone, again.home]
    said += [message.said for message in case.messages.all()]
    said += list(Event.objects.filter(matter=case.matter_id).values_list("note", flat=True))
    said += [json.dumps(entry.data) for entry in Entry.objects.all()]
    if case.matter:
        said += [case.matter.title, *(v.reason for v in case.matter.verdicts.all())]
    return "\n".join(said)


def archive(voice) -> str:
    return json.dumps(
        {table.label: rows for table, rows in my_data.tables_of(voice)},
        ensure_ascii=False,
        default=str,
    )


def spoken(voice) -> list[str]:
    """How the notes of residents' acts begin in the matter of a voice's case."""
    notes = Event.objects.filter(matter=voice.case.matter_id, person=None).exclude(note="")
    return sorted(note[:4] for note in notes.values_list("note", flat=True))


def untold() -> list[str]:
    """The acts whose words can no longer be told."""
    return list(Leaf.objects.filter(salt=None).values_list("entry__action", flat=True))


def test_erasing_forgets_everything_that_the_resident_left(world):
    voice = world.closed()
    before = everything(voice)
    assert all(secret in before for secret in SECRETS)
    keys = set(DataKey.objects.exclude(wrapped=b"").values_list("pk", flat=True))
    erasing.erase(voice_id=voice.pk, at=NOW)
    after = everything(voice)
    assert [secret for secret in SECRETS if secret in after] == []
    assert set(data_keys.erased()) == keys
    voice.refresh_from_db()
    assert (voice.phone_index, voice.erased_at) == (None, NOW)
    assert voice.case.state == "accepted"


@pytest.mark.only_postgresql("SQLite has no roles")
def test_the_application_s_role_may_forget_and_changes_no_other_word(world):
    voice = world.closed()
    own = voice.case.matter.events.filter(person__isnull=True, organ__isnull=True)
    said = own.exclude(note="")
    assert said.exists()
    go_on_as_application()
    erasing.erase(voice_id=voice.pk, at=NOW)
    assert not said.exists()
    for change in ({"note": "changed"}, {"act": "changed"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            own.update(**change)


def test_a_running_matter_is_withdrawn_first_or_waited_for(world):
    voice = world.accepted()
    with pytest.raises(rules.StillRunning):
        erasing.erase(voice_id=voice.pk, at=NOW)
    erasing.wait(voice_id=voice.pk, at=NOW)
    erasing.wait(voice_id=voice.pk, at=NOW)
    assert erasing.erase_waiting(NOW) == 0
    assert DataRequest.objects.get().state == WishState.WAITING
    erasing.erase(voice_id=voice.pk, withdraws=True, at=NOW)
    voice.refresh_from_db()
    assert (voice.case.state, voice.case.is_open) == ("withdrawn", False)
    assert DataRequest.objects.get().state == WishState.DONE
    with pytest.raises(rules.ErasedAlready):
        erasing.erase(voice_id=voice.pk, at=NOW)


def test_what_waits_is_erased_once_the_matter_is_over(world):
    voice = world.accepted()
    erasing.wait(voice_id=voice.pk, at=NOW)
    world.close(voice)
    assert erasing.erase_waiting(NOW) == 1
    assert Voice.objects.get(pk=voice.pk).erased_at == NOW


def test_what_a_colleague_passed_on_is_not_asked_twice(world):
    voice = world.accepted()
    requesting.ask(voice_id=voice.pk, kind="erase", reason="本人到场", by=world.clerk, at=NOW)
    with pytest.raises(rules.AskedAlready):
        erasing.wait(voice_id=voice.pk, at=NOW)
    assert DataRequest.objects.get().state == WishState.ASKED
    erasing.erase(voice_id=voice.pk, withdraws=True, at=NOW)
    assert DataRequest.objects.get().state == WishState.DONE


def test_a_changed_mind_counts(world):
    voice = world.accepted()
    erasing.wait(voice_id=voice.pk, at=NOW)
    erasing.drop(voice_id=voice.pk, at=NOW)
    world.close(voice)
    assert erasing.erase_waiting(NOW) == 0
    assert DataRequest.objects.get(kind=DataWish.ERASE).state == WishState.DROPPED


def test_who_was_erased_is_offered_nothing_and_adds_nothing(world):
    voice = world.accepted()
    other = world.joined(voice)
    world.answer(voice)
    erasing.erase(voice_id=other.pk, at=NOW)
    other.refresh_from_db()
    assert tracking(Voice.objects.get(pk=voice.pk), code="", at=NOW).acts
    assert tracking(other, code="", at=NOW).acts == ()
    for key, kind in enumerate(("supplement", "urge")):
        with pytest.raises(rules.Forgotten):
            say(voice_id=other.pk, kind=kind, text="我的新号13700137000", key=f"k{key}", at=NOW)
    with pytest.raises(rules.Forgotten):
        world.dissatisfied(other, "还在漏水")


def test_whose_contact_ran_out_may_still_add_a_number(world):
    """With a key of its own: the voice's is gone."""
    voice = world.accepted()
    data_keys.destroy([voice.data_key], erased=False)
    say(voice_id=voice.pk, kind="supplement", text="我的新号13700137000", key="k", at=NOW)
    message = voice.messages.last()
    assert message.said == "我的新号13700137000"
    assert message.data_key != voice.data_key


def test_a_legal_hold_stops_erasure_and_retention(world):
    voice = world.closed()
    holding.hold(case_id=voice.case_id, reason="法院调取", by=world.office, at=NOW)
    with pytest.raises(rules.Held):
        erasing.erase(voice_id=voice.pk, at=NOW)
    assert retaining.forget_old_contacts(NOW + timedelta(days=4000)) == 0
    holding.lift(case_id=voice.case_id, by=world.office, at=NOW)
    assert LegalHold.objects.get().lifted_by_id == world.office.person_id
    assert retaining.forget_old_contacts(NOW + timedelta(days=4000)) == 1


def test_others_with_the_same_concern_keep_their_matter(world):
    voice = world.accepted()
    other = world.joined(voice)
    with pytest.raises(rules.NotAlone):
        erasing.erase(voice_id=voice.pk, withdraws=True, at=NOW)
    erasing.erase(voice_id=other.pk, at=NOW)
    other.refresh_from_db()
    voice.refresh_from_db()
    assert (other.name, voice.name) == ("", "李小兰")
    assert voice.case.said.startswith("我家")
    assert voice.case.is_open


def test_my_data_holds_no_words_of_others_and_all_of_ones_own(world):
    voice = world.accepted()
    say(voice_id=voice.pk, kind="urge", text="漏得更大了", key="u0", at=MONDAY)
    assert archive(voice).count("漏得更大了") == 2  # The message, and the act it was.
    other = world.joined(voice)
    say(voice_id=voice.pk, kind="urge", text="我腿脚不便，请快点", key="u1", at=NOW)
    say(voice_id=other.pk, kind="urge", text="我家有孩子", key="u2", at=NOW)
    matters.note(
        matter_id=voice.case.matter_id, by=world.clerk, at=NOW, text="已电话联系", public=True
    )
    for own, foreign, who in (("腿脚", "孩子", voice), ("孩子", "腿脚", other)):
        handed_out = archive(Voice.objects.get(pk=who.pk))
        assert own in handed_out
        assert foreign not in handed_out
        assert "已电话联系" in handed_out


def test_each_voice_takes_exactly_its_own_words_along(world):
    """What one voice said goes from matter and ledger, what another said stays: both ways."""
    voice = world.accepted()
    other, third = world.joined(voice), world.joined(voice, key="k")
    for key, one in enumerate((voice, other, third)):
        said = f"第{key}人说，电话1370013700{key}"
        say(voice_id=one.pk, kind="urge", text=said, key=f"u{key}", at=NOW + timedelta(seconds=key))
    erasing.erase(voice_id=other.pk, at=NOW)
    assert spoken(voice) == ["第0人说", "第2人说", "门牌也掉"]
    assert untold() == ["cases.case.message.urge"]
    world.answer(voice)
    world.dissatisfied(third, "还在漏水")
    world.answer(voice)
    erasing.erase(voice_id=voice.pk, at=NOW)
    assert spoken(voice) == ["第2人说", "还在漏水"]
    assert untold().count("cases.case.message.urge") == 2


def test_words_of_a_merged_case_go_from_the_matter_that_took_it_in(world):
    voice, root = world.accepted(), world.accepted()
    joining.merge(
        case_id=voice.case_id, into_id=root.case_id, by=world.clerk, at=NOW, reason="同一处"
    )
    say(voice_id=voice.pk, kind="urge", text="我这边也漏", key="u", at=NOW)
    say(voice_id=root.pk, kind="urge", text="请快点", key="v", at=NOW + timedelta(seconds=1))
    erasing.erase(voice_id=voice.pk, at=NOW)
    assert spoken(root) == ["请快点", "门牌也掉"]
    assert spoken(voice) == []
    assert untold().count("cases.case.message.urge") == 1


def test_the_ledger_holds_and_the_salts_of_words_are_gone(world):
    voice = world.closed()
    telling = [e.pk for e in Entry.objects.all() if "content" in e.data]
    assert len(telling) == 3  # Filed, added, answered.
    leaf = leaf_of_voice(voice)
    erasing.erase(voice_id=voice.pk, at=NOW)
    assert set(Leaf.objects.filter(salt=None).values_list("entry", flat=True)) == set(telling)
    assert bytes(Leaf.objects.get(pk=leaf.pk).commitment) == bytes(leaf.commitment)


def test_a_published_result_is_taken_back(world):
    voice = world.closed(publish=True)
    assert Publication.objects.get().state == "published"
    erasing.erase(voice_id=voice.pk, at=NOW)
    row = Publication.objects.get()
    assert (row.state, row.search_text) == ("withdrawn", "")
    assert "水管" not in row.words


def test_an_old_back_up_brought_back_is_emptied_again(world):
    """The rows come back as they were; the keys are those of today, and they are gone."""
    voice = world.closed()
    old = {name: Voice.objects.get(pk=voice.pk).__dict__[name] for name in ("name", "phone")}
    case = Case.objects.get(pk=voice.case_id)
    erasing.erase(voice_id=voice.pk, at=NOW)
    case.save()
    restored = Voice.objects.get(pk=voice.pk)
    restored.erased_at = None
    restored.__dict__ |= old
    restored.save()
    again = Voice.objects.get(pk=voice.pk)
    assert (again.name, again.phone) == ("", "")
    assert "水管" in Case.objects.get(pk=case.pk).words
    assert erasing.erase_again(NOW) == 1
    assert "水管" not in Case.objects.get(pk=case.pk).words
    assert erasing.erase_again(NOW) == 0


def test_what_was_erased_is_erased_again_where_the_database_went_back(world, tmp_path):
    """By the log alone: rows and keys are what they were before, and both go again."""
    voice = world.closed()
    name = Voice.objects.get(pk=voice.pk).name
    before = [row for table in (DataKey, Voice, Case) for row in table.objects.all()]
    erasing.erase(voice_id=voice.pk, at=NOW)
    call_command("erased", "write", str(tmp_path / "gone"))
    for row in before:
        row.save()
    assert Voice.objects.get(pk=voice.pk).name == name != ""
    call_command("erased", "apply", str(tmp_path / "gone"))
    again = Voice.objects.get(pk=voice.pk)
    assert (again.name, again.phone) == ("", "")
    assert again.erased_at is not None
    assert "水管" not in Case.objects.get(pk=voice.case_id).words


def test_what_ran_out_is_not_erased_when_an_old_back_up_comes_back(world, settings):
    """Its contact is unreadable with the keys of today; the matter is as it was before."""
    voice = world.closed(publish=True)
    late = MONDAY + timedelta(days=settings.RETAIN_CONTACT_DAYS + 1)
    assert retaining.forget_old_contacts(late) == 1
    assert erasing.erase_again(late) == 0
    assert "水管" in Case.objects.get(pk=voice.case_id).words
    assert Publication.objects.get().state == "published"
    erasing.erase(voice_id=voice.pk, at=late)
    Voice.objects.filter(pk=voice.pk).update(erased_at=None)
    assert erasing.erase_again(late) == 1


def test_keys_destroyed_before_it_was_noted_why_are_of_the_erased_or_ran_out(world):
    erased, over = world.closed(), world.closed()
    erasing.erase(voice_id=erased.pk, at=NOW)
    data_keys.destroy([over.data_key], erased=False)
    DataKey.objects.update(is_erased=False)
    import_module("lianxin.cases.migrations.0009_erased_keys").note_what_is_erased(apps, None)
    assert list(data_keys.erased()) == [erased.data_key]


def test_contacts_go_after_their_time_and_not_before(world, settings):
    voice, running = world.closed(), world.accepted()
    days = timedelta(days=settings.RETAIN_CONTACT_DAYS)
    assert retaining.forget_old_contacts(MONDAY + days - timedelta(days=1)) == 0
    assert retaining.forget_old_contacts(MONDAY + days + timedelta(days=1)) == 1
    assert retaining.forget_old_contacts(MONDAY + days + timedelta(days=1)) == 0
    gone, kept = Voice.objects.get(pk=voice.pk), Voice.objects.get(pk=running.pk)
    assert (gone.name, gone.phone, gone.phone_index, gone.case.hidden) == ("", "", None, "")
    assert "水管" in gone.case.words
    assert kept.name == "李小兰"


def test_the_contact_of_a_merged_case_stays_while_the_other_runs(world, settings):
    """Also where that one was merged into a third."""
    voice, middle, root = world.accepted(), world.accepted(), world.accepted()
    for one, into in ((voice, middle), (middle, root)):
        joining.merge(
            case_id=one.case_id, into_id=into.case_id, by=world.clerk, at=NOW, reason="同一处"
        )
    late = NOW + timedelta(days=settings.RETAIN_CONTACT_DAYS + 1)
    assert retaining.forget_old_contacts(late) == 0
    world.close(root)
    Case.objects.filter(pk=root.case_id).update(is_open=False)
    assert retaining.forget_old_contacts(late) == 3


def test_numbers_that_ran_out_cannot_be_guessed_from_the_journal(world, settings):
    world.closed()
    retaining.forget_old_contacts(NOW + timedelta(days=settings.RETAIN_CONTACT_DAYS + 1))
    assert sorted(untold()) == ["cases.case.filed", "cases.case.message.supplement"]


def test_my_data_holds_every_exported_column_and_who_looked(world):
    voice = world.closed()
    reveal(voice_id=voice.pk, reason="电话回访", by=world.clerk, at=NOW)
    tables = {table.label: rows for table, rows in my_data.tables_of(voice)}
    said = json.dumps(tables, ensure_ascii=False, default=str)
    assert [secret for secret in SECRETS if secret not in said] == []
    assert tables["cases.Reveal"][0]["reason"] == "电话回访"
    assert tables["handling.Answer"][0]["text"].startswith("已派人")
    assert my_data.archive_of(voice, at=NOW).startswith(b"PK")


def test_what_is_said_after_the_key_is_made_shares_it(world):
    voice = world.accepted()
    say(voice_id=voice.pk, kind="supplement", text="我的新号13700137000", key="k9", at=NOW)
    message = voice.messages.last()
    assert message.text == "我的新号×××××××××××"
    assert (message.data_key, message.said) == (voice.data_key, "我的新号13700137000")
