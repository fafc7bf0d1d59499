"""Typed, immutable options: how every part declares what can be set, and how text becomes values.

Knows nothing of any part; the settings file, ``--set`` and ``plugins show`` all go through here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Self, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, to_jsonable_python

from textgen.errors import OptionError, nearest
from textgen.files import sha256_of
from textgen.rule_words import in_plain_words


class Options(BaseModel):
    """Base class of a part's options: a frozen pydantic model whose fields are made by `option`.

    Values arrive from a TOML file or as text from the command line. For text, ``none`` empties
    an optional field (unless it holds text itself) and commas separate the items of a tuple or
    list (also where ``None`` is allowed beside it).
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True
    )

    @model_validator(mode="before")
    @classmethod
    def _read_text(cls, values: Any) -> Any:
        if not isinstance(values, Mapping):
            return values
        return {name: _from_text(cls, name, value) for name, value in values.items()}

    @classmethod
    def parse(cls, values: Mapping[str, Any], *, owner: str, help_command: str) -> Self:
        """Check ``values`` and return the options they make.

        Args:
            values: Option names and their values, typed or as text.
            owner: Who the options belong to, for the message (``"model 'lstm-stacked'"``).
            help_command: The command that lists these options, for the message.

        Raises:
            OptionError: A name is unknown (the nearest is named) or a value breaks its rule.
        """
        for name in values:
            if name not in cls.model_fields:
                near = nearest(name, cls.model_fields)
                raise OptionError(f"{owner} has no option {name!r}: {near} See: {help_command}")
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise OptionError(_explain(error, owner, help_command)) from error


def option(default: Any, help: str, *, unit: str = "", **rules: Any) -> Any:
    """Declare one option of an `Options` class.

    Args:
        default: The value when nothing is set.
        help: One line that says what it does.
        unit: What a number counts ("tokens", "seconds"); empty where there is none.
        rules: Bounds that pydantic's ``Field`` knows: ``ge``, ``gt``, ``le``, ``lt``, ….
    """
    return Field(default, description=help, json_schema_extra={"unit": unit}, **rules)


def describe(options: type[Options]) -> list[dict[str, Any]]:
    """Return one row per option: ``name``, ``type``, ``default``, ``unit`` and ``help``.

    A default is the plain JSON value that a settings file or a run's record would hold.
    """
    return [
        {
            "name": name,
            "type": _type_name(field),
            "default": to_jsonable_python(
                field.get_default(call_default_factory=True), fallback=str
            ),
            "unit": _unit(field),
            "help": field.description or "",
        }
        for name, field in options.model_fields.items()
    ]


def options_sha256(options: Options) -> str:
    """Return the SHA-256 of all options and their values, as JSON without spaces, keys sorted."""
    values = options.model_dump(mode="json")
    return sha256_of(json.dumps(values, sort_keys=True, separators=(",", ":")).encode())


def _plain(value: Any) -> Any:
    return to_jsonable_python(value, fallback=str)


def _from_text(options: type[Options], name: str, value: Any) -> Any:
    field = options.model_fields.get(name)
    if field is None or not isinstance(value, str):
        return value
    kinds = _alternatives(field.annotation)
    if str in kinds:
        return value
    if value.lower() == "none" and NoneType in kinds:
        return None
    if any(_items_of(kind) for kind in kinds):
        return [item.strip() for item in value.split(",") if item.strip()]
    return value


def _alternatives(annotation: Any) -> list[Any]:
    """Return the types that an annotation allows, which are several where it is a union."""
    if get_origin(annotation) is Annotated:
        return _alternatives(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [kind for item in get_args(annotation) for kind in _alternatives(item)]
    return [annotation]


def _items_of(kind: Any) -> tuple[Any, ...]:
    """Return the types of a tuple's or list's items, as written; empty for any other type."""
    if (get_origin(kind) or kind) not in (tuple, list):
        return ()
    return get_args(kind) or (Any,)


def _type_name(field: FieldInfo) -> str:
    """Return a type as users read it: ``int or none``, ``mean | sum``, ``int, …``."""
    return _readable(field.annotation)


def _readable(annotation: Any) -> str:
    kinds = _alternatives(annotation)
    if len(kinds) > 1:
        return " or ".join(map(_readable, kinds))
    (kind,) = kinds
    if get_origin(kind) is Literal:
        return " | ".join(map(str, get_args(kind)))
    if items := _items_of(kind):
        return _readable_items(kind, items)
    return "none" if kind is NoneType else str(getattr(kind, "__name__", kind))


def _readable_items(kind: Any, items: tuple[Any, ...]) -> str:
    many = get_origin(kind) is not tuple or items[-1] is Ellipsis
    return f"{_readable(items[0])}, …" if many else ", ".join(map(_readable, items))


def _unit(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""


def _explain(error: ValidationError, owner: str, help_command: str) -> str:
    def said(item: ErrorDetails) -> str:
        message = in_plain_words(item)
        where = ".".join(map(str, item["loc"]))
        return f"{where} = {item['input']!r}: {message}" if where else message

    problems = "; ".join(map(said, error.errors()))
    end = "" if problems.endswith("?") else "."
    return f"{owner}: {problems}{end} See: {help_command}"
