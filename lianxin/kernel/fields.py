"""Sealed columns: names, phones and addresses of residents, unreadable without the keys."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any, NoReturn

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.lookups import Exact, IsNull, Lookup
from django.forms import CharField, Field, Textarea

from lianxin.kernel.keys import UnknownKeyError, index_key
from lianxin.kernel.seals import SealBrokenError, seal, unseal

if TYPE_CHECKING:
    _Base = models.Field[Any, Any]
else:
    _Base = models.Field


def blind_index(kind: str, value: str, *, scope: str = "") -> bytes:
    """32 bytes by which a sealed value is found: HMAC-SHA-256 with a key of its own per kind.

    `value` must be normalised first (phones by `phones.to_e164`). A `scope`, such as a
    division's code, makes the index of the same value differ from one to the next.
    """
    return hmac.digest(index_key(f"{kind}|{scope}"), value.encode(), "sha256")


def field_is_empty(instance: models.Model, name: str) -> bool:
    """Whether a sealed field holds nothing, told without unsealing it."""
    return not instance.__dict__.get(name)


class Sealed:
    """A sealed text as it came from the database: shows nothing, opens only in its place."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __bool__(self) -> bool:
        return bool(self.data)

    def __repr__(self) -> str:
        return "<sealed>"

    @property
    def key_id(self) -> int | None:
        return self.data[1] if len(self.data) > 1 else None

    def open(self, *, column: str, row: object) -> str:
        return unseal(self.data, column=column, row=row)


class _Unsealing:
    """Unseals on first reading, and keeps the text beside the sealed one."""

    def __init__(self, field: SealedTextField) -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        if isinstance(value, Sealed):
            value = value.open(column=self.field.place(), row=instance.pk)
            instance.__dict__[name] = value
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        if not (value is None or isinstance(value, (str, Sealed))):
            raise TypeError(f"{self.field.name} takes text, not {type(value).__name__}.")
        instance.__dict__[self.field.attname] = value


class SealedTextField(_Base):
    """Text sealed (`kernel.seals`) for its table, column and row; a str on the model.

    The row's key must be set before saving (UUIDv7 keys are). It cannot be searched
    (keep a `blind_index` beside it), only asked for emptiness: `filter(phone__empty=True)`.
    It is written by save() and bulk_create(), never by update() or bulk_update().
    `sealed_as` keeps old texts readable after a table or column was renamed: give it the
    former `table.column`.
    """

    def __init__(self, *args: Any, sealed_as: str = "", **kwargs: Any) -> None:
        self.sealed_as = sealed_as
        super().__init__(*args, **kwargs)

    def place(self) -> str:
        return self.sealed_as or f"{self.model._meta.db_table}.{self.column}"

    def get_internal_type(self) -> str:
        return "BinaryField"

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.sealed_as:
            kwargs["sealed_as"] = self.sealed_as
        return name, path, args, kwargs

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Unsealing(self))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        text = getattr(model_instance, self.attname)
        if text is None:
            return None
        return Sealed(seal(text, column=self.place(), row=model_instance.pk))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None:
            return None
        if isinstance(value, Sealed):
            return connection.Database.Binary(value.data)
        if value == "":
            return connection.Database.Binary(b"")
        raise FieldError(f"{self.name} is sealed: save the row instead of updating the column.")

    def get_default(self) -> Any:
        # Field.get_default of a BinaryField would hand out bytes.
        return str(self.default) if self.has_default() and self.default is not None else None

    def to_python(self, value: Any) -> Any:
        return value if value is None or isinstance(value, Sealed) else str(value)

    def value_to_string(self, obj: models.Model) -> str:
        raise FieldError(f"{self.name} is sealed and is not serialised.")

    def formfield(self, **kwargs: Any) -> Field | None:
        kwargs.setdefault("widget", Textarea if self.max_length is None else None)
        choice = {"form_class": CharField, "max_length": self.max_length, **kwargs}
        return super().formfield(**{k: v for k, v in choice.items() if v is not None})

    def get_lookup(self, lookup_name: str) -> Any:
        return {"isnull": IsNull, "empty": Empty}.get(lookup_name, NotSearchable)


class Empty(Lookup):
    """`field__empty=True`: nothing is kept, told from the length alone."""

    lookup_name = "empty"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        sql, params = self.process_lhs(compiler, connection)
        condition = f"COALESCE(LENGTH({sql}), 0) {'=' if self.rhs else '>'} 0"
        return condition, tuple(params)


class NotSearchable(Exact):
    """Stands for every other look-up: a sealed column compares equal to nothing."""

    def get_prep_lookup(self) -> NoReturn:
        raise FieldError("A sealed field cannot be searched; ask its blind index.")


__all__ = [
    "SealBrokenError",
    "Sealed",
    "SealedTextField",
    "UnknownKeyError",
    "blind_index",
    "field_is_empty",
    "seal",
    "unseal",
]
