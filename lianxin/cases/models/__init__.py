"""Nouns of residents' cases."""

from lianxin.cases.models.cases import Case, CaseCounter, CaseLink, FarPlace, Receiver
from lianxin.cases.models.categories import Category, Question, RefusalReason
from lianxin.cases.models.privacy import DataRequest, LegalHold
from lianxin.cases.models.publications import Publication
from lianxin.cases.models.voices import Message, Reveal, Voice

__all__ = [
    "Case",
    "CaseCounter",
    "CaseLink",
    "Category",
    "DataRequest",
    "FarPlace",
    "LegalHold",
    "Message",
    "Publication",
    "Question",
    "Receiver",
    "RefusalReason",
    "Reveal",
    "Voice",
]
