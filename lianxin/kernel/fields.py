"""Sealed columns: names, phones and addresses of residents, unreadable without the keys."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.lookups import Exact, IsNull, Lookup
from django.forms import CharField, Field, Textarea

from lianxin.kernel import data_keys
from lianxin.kernel.keys import UnknownKeyError, index_key
from lianxin.kernel.seals import SealBrokenError, own_key_id, seal, unseal

if TYPE_CHECKING:
    from lianxin.kernel.models import DataKey

    _Base = models.Field[Any, Any]
    _UUIDBase = models.UUIDField[Any, Any]
else:
    _Base, _UUIDBase = models.Field, models.UUIDField

#: The column in which a row names the key of its texts (`kernel.models.Keyed`).
OWN_KEY = "data_key"


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
    """A sealed text as it came from the database: shows nothing, opens only in its place.

    One that needs a resident's own key joins the `bunch` of texts read with it.
    """

    __slots__ = ("__weakref__", "bunch", "data", "own_key")

    def __init__(self, data: bytes, bunch: data_keys.Bunch | None = None) -> None:
        self.data = data
        self.own_key = own_key_id(data)
        self.bunch = bunch if self.own_key else None
        if self.bunch:
            self.bunch.add(self)

    def __bool__(self) -> bool:
        return bool(self.data)

    def __repr__(self) -> str:
        return "<sealed>"

    def __reduce__(self) -> tuple[Callable[..., Sealed], tuple[bytes]]:
        return Sealed, (self.data,)

    def open(self, *, column: str, row: object) -> str:
        """The text; empty when its own key was destroyed. Raises as `unseal`."""
        secret = None
        if self.own_key:
            if self.bunch is None:
                self.bunch = data_keys.Bunch("default")
                self.bunch.add(self)
            secret = self.bunch.secret(self.own_key)
            if secret is None:
                return ""
        return unseal(self.data, column=column, row=row, secret=secret)


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
    It is written by save() and bulk_create(), never by update() or bulk_update(). A row with an
    `OwnKeyField` seals with the key it names, every other one with the installation's.
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
        if value is None:
            return None
        return Sealed(bytes(value), data_keys.reading(connection.alias))

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        if self.attname not in model_instance.__dict__:
            model_instance.refresh_from_db(fields=[self.attname])
        value = model_instance.__dict__[self.attname]
        if value is None or isinstance(value, Sealed):
            return value  # Nobody opened it: it stays as it was sealed.
        key_id = getattr(model_instance, OWN_KEY, None)
        key = data_keys.for_writing(key_id) if key_id and value else None
        return Sealed(seal(value, column=self.place(), row=model_instance.pk, key=key))

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


class OwnKeyField(_UUIDBase):
    """Which key of `kernel.data_keys` seals the row's texts.

    `makes`: saving the first text makes a key. Otherwise a key is given by whoever writes the row,
    and without one the installation's seals.
    """

    def __init__(self, *args: Any, makes: bool = True, **kwargs: Any) -> None:
        self.makes = makes
        super().__init__(*args, **{"null": True, "editable": False, **kwargs})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if not self.makes:
            kwargs["makes"] = False
        return name, path, args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        if self.makes and lacks_key(model_instance):
            setattr(model_instance, self.attname, data_keys.make())
        return super().pre_save(model_instance, add)


def lacks_key(instance: models.Model) -> bool:
    """Whether a row holds a text to be sealed with a key of its own, and names none."""
    if getattr(instance, OWN_KEY) is not None:
        return False
    return any(
        isinstance(field, SealedTextField) and not field_is_empty(instance, field.attname)
        for field in instance._meta.concrete_fields
    )


def draw_key(instance: models.Model) -> list[DataKey]:
    """Gives a row that lacks its key a new one; returns the key's unsaved row, or nothing."""
    if not lacks_key(instance):
        return []
    key = data_keys.draw()
    setattr(instance, OWN_KEY, key.pk)
    return [key]


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
    "OwnKeyField",
    "SealBrokenError",
    "Sealed",
    "SealedTextField",
    "UnknownKeyError",
    "blind_index",
    "field_is_empty",
    "seal",
    "unseal",
]
