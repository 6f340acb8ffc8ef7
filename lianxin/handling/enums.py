"""The engine's words and its tables of moves. Nothing here knows what a matter is about."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Urgency(TextChoices):
    URGENT = "urgent", _("Urgent")
    CONSULT = "consult", _("Question")
    ORDINARY = "ordinary", _("Ordinary")
    COMPLEX = "complex", _("Complex")


class MatterState(TextChoices):
    OPEN = "open", _("Being handled")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    MERGED = "merged", _("Merged into another")


class RoundKind(TextChoices):
    FIRST = "first", _("First handling")
    REOPENED = "reopened", _("Handled again")
    SECOND_LOOK = "second_look", _("Second look")


class DispatchKind(TextChoices):
    """四办. TRIAGE shares out to deputies or to several units that each answer."""

    TRIAGE = "triage", _("Share out")
    ASSIGN = "assign", _("Assign")
    TRANSFER = "transfer", _("Transfer")
    SUPERVISE = "supervise", _("Supervise")


class Part(TextChoices):
    LEAD = "lead", _("Lead")
    ASSIST = "assist", _("Assisting")
    EACH = "each", _("Each on its own")


class DispatchState(TextChoices):
    SENT = "sent", _("Waiting to be signed for")
    SIGNED = "signed", _("Signed for")
    SUBMITTED = "submitted", _("Waiting for approval")
    ANSWERED = "answered", _("Answered")
    ACCEPTED = "accepted", _("Answer accepted")
    RETURNED = "returned", _("Returned")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    SUPERSEDED = "superseded", _("Passed on")


class Act(TextChoices):
    """Every act on a matter or a dispatch: the types of its events."""

    # on the matter
    OPEN = "open", _("Accepted for handling")
    DELIVER = "deliver", _("Answer sent to the asker")
    VERDICT = "verdict", _("Verdict of the asker")
    CLOSE = "close", _("Closed")
    REOPEN = "reopen", _("Opened again")
    WITHDRAW = "withdraw", _("Withdrawn")
    MERGE = "merge", _("Merged into another")
    PAUSE = "pause", _("Clock stopped: the asker was asked")
    RESUME = "resume", _("Clock runs again")
    CHANGE_URGENCY = "change_urgency", _("Urgency changed")
    URGE = "urge", _("Pressed by the asker")
    SUPPLEMENT = "supplement", _("The asker added something")
    NOTE = "note", _("Note")
    STEP = "step", _("Supervision: a step was opened")
    CONCLUDE = "conclude", _("Supervision: a step was concluded")
    PROMISE = "promise", _("Commitment made")
    CHECK = "check", _("Commitment checked")
    FOLLOW_UP = "follow_up", _("Followed up")
    # on a dispatch
    SEND = "send", _("Handed on")
    SIGN = "sign", _("Signed for")
    RETURN = "return", _("Returned")
    ASK_EXTENSION = "ask_extension", _("More time asked for")
    GRANT_EXTENSION = "grant_extension", _("More time granted")
    REFUSE_EXTENSION = "refuse_extension", _("More time refused")
    SUBMIT = "submit", _("Answer waits for approval")
    APPROVE = "approve", _("Answer approved")
    REJECT = "reject", _("Answer not approved")
    ANSWER = "answer", _("Answered")
    ACCEPT = "accept", _("Answer accepted")
    REWORK = "rework", _("Answer sent back")
    RECALL = "recall", _("Called back")
    SUPERSEDE = "supersede", _("Passed on")
    REMIND = "remind", _("Reminded")
    MARK_OVERDUE = "mark_overdue", _("Overdue")
    ESCALATE = "escalate", _("Raised to the office above")


#: `answer` and `resume_work` are derived: answered while something was delivered in this round and
#: no dispatch (supervision apart) owes an answer.
MATTER_MOVES: dict[str, dict[str, str]] = {
    MatterState.OPEN: {
        "answer": MatterState.ANSWERED,
        Act.WITHDRAW: MatterState.WITHDRAWN,
        Act.MERGE: MatterState.MERGED,
    },
    MatterState.ANSWERED: {
        "resume_work": MatterState.OPEN,
        Act.REOPEN: MatterState.OPEN,
        Act.CLOSE: MatterState.CLOSED,
        Act.WITHDRAW: MatterState.WITHDRAWN,
        Act.MERGE: MatterState.MERGED,
    },
    MatterState.CLOSED: {Act.REOPEN: MatterState.OPEN},
    MatterState.WITHDRAWN: {},
    MatterState.MERGED: {},
}

DISPATCH_MOVES: dict[str, dict[str, str]] = {
    DispatchState.SENT: {
        Act.SIGN: DispatchState.SIGNED,
        Act.RETURN: DispatchState.RETURNED,
        Act.RECALL: DispatchState.WITHDRAWN,
        Act.SUPERSEDE: DispatchState.SUPERSEDED,
        Act.REMIND: DispatchState.SENT,
        Act.MARK_OVERDUE: DispatchState.SENT,
        Act.ESCALATE: DispatchState.SENT,
    },
    DispatchState.SIGNED: {
        Act.SUBMIT: DispatchState.SUBMITTED,
        Act.ANSWER: DispatchState.ANSWERED,
        Act.RETURN: DispatchState.RETURNED,
        Act.ASK_EXTENSION: DispatchState.SIGNED,
        Act.GRANT_EXTENSION: DispatchState.SIGNED,
        Act.REFUSE_EXTENSION: DispatchState.SIGNED,
        Act.RECALL: DispatchState.WITHDRAWN,
        Act.SUPERSEDE: DispatchState.SUPERSEDED,
        Act.REMIND: DispatchState.SIGNED,
        Act.MARK_OVERDUE: DispatchState.SIGNED,
        Act.ESCALATE: DispatchState.SIGNED,
    },
    DispatchState.SUBMITTED: {
        Act.APPROVE: DispatchState.ANSWERED,
        Act.REJECT: DispatchState.SIGNED,
        Act.GRANT_EXTENSION: DispatchState.SUBMITTED,
        Act.REFUSE_EXTENSION: DispatchState.SUBMITTED,
        Act.RECALL: DispatchState.WITHDRAWN,
        Act.SUPERSEDE: DispatchState.SUPERSEDED,
        Act.REMIND: DispatchState.SUBMITTED,
        Act.MARK_OVERDUE: DispatchState.SUBMITTED,
        Act.ESCALATE: DispatchState.SUBMITTED,
    },
    DispatchState.ANSWERED: {
        Act.ACCEPT: DispatchState.ACCEPTED,
        Act.REWORK: DispatchState.SIGNED,
        Act.RECALL: DispatchState.WITHDRAWN,
        Act.SUPERSEDE: DispatchState.SUPERSEDED,
    },
    DispatchState.ACCEPTED: {},
    DispatchState.RETURNED: {},
    DispatchState.WITHDRAWN: {},
    DispatchState.SUPERSEDED: {},
}

#: A dispatch in one of these states, and owing an answer, keeps its matter from closing.
UNSETTLED = (
    DispatchState.SENT,
    DispatchState.SIGNED,
    DispatchState.SUBMITTED,
    DispatchState.ANSWERED,
)
#: ... and in one of these its own clock still runs.
#: States of a matter that somebody still waits for: for the answer, or for what comes of it.
LIVE = (MatterState.OPEN, MatterState.ANSWERED)
RUNNING = (DispatchState.SENT, DispatchState.SIGNED, DispatchState.SUBMITTED)


class Outcome(TextChoices):
    """What an answer amounts to, whatever letter a place gives it (A, B, C …: local practice)."""

    SOLVED = "solved", _("Solved")
    PLANNED = "planned", _("Planned, with a date")
    NOTED = "noted", _("Explained or kept for reference")
    UPWARD = "upward", _("Beyond this level")


class AnswerState(TextChoices):
    WAITING = "waiting", _("Waiting for approval")
    GIVEN = "given", _("Given to the office")
    DELIVERED = "delivered", _("Sent to the asker")
    SENT_BACK = "sent_back", _("Sent back")


ANSWER_MOVES: dict[str, dict[str, str]] = {
    AnswerState.WAITING: {"approve": AnswerState.GIVEN, "reject": AnswerState.SENT_BACK},
    AnswerState.GIVEN: {"deliver": AnswerState.DELIVERED, "rework": AnswerState.SENT_BACK},
    AnswerState.SENT_BACK: {},
    AnswerState.DELIVERED: {},
}


class Satisfaction(TextChoices):
    SATISFIED = "satisfied", _("Satisfied")
    BASICALLY = "basically", _("Basically satisfied")
    DISSATISFIED = "dissatisfied", _("Dissatisfied")


class ExtensionState(TextChoices):
    ASKED = "asked", _("Asked for")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")


EXTENSION_MOVES: dict[str, dict[str, str]] = {
    ExtensionState.ASKED: {"grant": ExtensionState.GRANTED, "refuse": ExtensionState.REFUSED},
    ExtensionState.GRANTED: {},
    ExtensionState.REFUSED: {},
}


class CommitmentState(TextChoices):
    OPEN = "open", _("Promised")
    KEPT = "kept", _("Kept")
    BROKEN = "broken", _("Not kept")
    CARRIED_OVER = "carried_over", _("Carried over to a new date")


COMMITMENT_MOVES: dict[str, dict[str, str]] = {
    CommitmentState.OPEN: {
        "keep": CommitmentState.KEPT,
        "break": CommitmentState.BROKEN,
        "carry_over": CommitmentState.CARRIED_OVER,
    },
    CommitmentState.KEPT: {},
    CommitmentState.BROKEN: {},
    CommitmentState.CARRIED_OVER: {},
}


class Step(TextChoices):
    """The supervision ladder (督办)."""

    REMINDER = "1_reminder", _("Reminder")
    ORDER = "2_order", _("Supervision order")
    INQUIRY = "3_inquiry", _("Inquiry")
    INSPECTION = "4_inspection", _("Inspection")
    SPECIAL_INQUIRY = "5_special_inquiry", _("Special inquiry")


class Cause(TextChoices):
    OVERDUE = "overdue", _("Overdue")
    DISSATISFIED = "dissatisfied", _("The asker is dissatisfied")
    KEY = "key", _("Key matter")
    INSTRUCTED = "instructed", _("On instruction")


class SupervisionState(TextChoices):
    OPEN = "open", _("Under way")
    CONCLUDED = "concluded", _("Concluded")


SUPERVISION_MOVES: dict[str, dict[str, str]] = {
    SupervisionState.OPEN: {"conclude": SupervisionState.CONCLUDED},
    SupervisionState.CONCLUDED: {},
}


class ClockPurpose(TextChoices):
    """What a rule gives time for."""

    SCREEN = "screen", _("Accept or refuse")
    OWED = "owed", _("Answer to the asker")
    SIGN = "sign", _("Sign for")
    RETURN = "return", _("Return a wrong assignment")
    ANSWER = "answer", _("Answer of the lead unit")
    ASSIST = "assist", _("Opinion of an assisting unit")
    TRIAGE = "triage", _("Answer of a deputy")
    SUPERVISE = "supervise", _("Answer to a supervision step")
    REWORK = "rework", _("Answer sent back")
    EXTENSION = "extension", _("Longest extension")
    SILENCE = "silence", _("Close when the asker stays silent")
    REOPEN = "reopen", _("Open again after closing")
    FOLLOW_UP = "follow_up", _("Follow-up after closing")
    ESCALATE = "escalate", _("Goes up when overdue for")


class ClockUnit(TextChoices):
    HOURS = "hours", _("hours")
    WORKING_HOURS = "working_hours", _("working hours")
    WORKING_DAYS = "working_days", _("working days")
    DAYS = "days", _("days")
    MONTHS = "months", _("calendar months")


class ReplyChannel(TextChoices):
    """How an answer reached the office. Every channel stops the same clock."""

    PLATFORM = "platform", _("On this platform")
    PHONE = "phone", _("By phone")
    LETTER = "letter", _("In writing")
    TALK = "talk", _("In a talk")
