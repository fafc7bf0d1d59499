"""Layers of settings: what is in one, what a command line says as one, one laid over another.

Knows which sections there are, and nothing of the plugins whose options stand in them.
Imports no torch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from textgen.components import Kind
from textgen.errors import UsageError
from textgen.options import Options, option
from textgen.training.options import SampleOptions, TrainingOptions

SECTIONS: Mapping[str, type[Options]] = {"training": TrainingOptions, "sample": SampleOptions}
PLACES = (*(kind.value for kind in Kind), *SECTIONS)

Layer = Mapping[str, Any]


class General(Options):
    """Settings that stand in no section."""

    seed: int = option(1, "where all random numbers begin", ge=0, lt=2**63)
    device: str = option("auto", "auto, cpu, cuda, cuda:1, …, or mps")


class Heading(Options):
    """What a file may say of a run besides its settings."""

    recipe: str | None = option(None, "settings under a name, weaker than the file's own")
    name: str | None = option(None, "a name for the run")
    tags: tuple[str, ...] = option((), "tags for the run")
    as_json: dict[str, str] = option({}, "settings that TOML cannot hold: part.option, then JSON")


def layer_from_assignments(assignments: Iterable[str]) -> dict[str, dict[str, str]]:
    """Turn ``part.option=value`` texts into a layer.

    Raises:
        UsageError: An assignment has another form, or sets what only a flag sets.
    """
    layer: dict[str, dict[str, str]] = {}
    for text in assignments:
        target, equals, value = text.partition("=")
        section, dot, name = target.strip().partition(".")
        if equals and section not in PLACES and (name or section) in General.model_fields:
            flag = f"--{name or section} {value}"
            raise UsageError(f"--set {text!r}: that belongs to no part and has a flag: say {flag}")
        if not (equals and dot and section and name):
            raise UsageError(
                f"--set {text!r}: must have the form part.option=value, "
                "for example --set model.hidden_size=512"
            )
        layer.setdefault(section, {})[name] = value
    return layer


def lay_flags(
    assignments: Mapping[str, Mapping[str, str]], flags: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Return as one layer what ``--set`` and the flags say.

    Args:
        assignments: What ``--set`` says, section by section.
        flags: What the flags say, likewise; None where a flag was not given, and under ``use``
            what names a part.

    Raises:
        UsageError: Both set the same option, to different values.
    """
    layer: dict[str, dict[str, Any]] = {key: dict(values) for key, values in assignments.items()}
    for section, values in flags.items():
        given = {name: value for name, value in values.items() if value is not None}
        for name in given.keys() & layer.get(section, {}).keys():
            _refuse_contradiction(section, name, given[name], layer[section][name])
        layer[section] = {**layer.get(section, {}), **given}
    return layer


def _refuse_contradiction(section: str, name: str, value: Any, text: str) -> None:
    try:
        if type(value)(text) == value:
            return
    except ValueError:
        pass
    flag = section if name == "use" else name.replace("_", "-")
    raise UsageError(
        f"--{flag} {value!r} and --set {f'{section}.{name}={text}'!r} contradict each other: "
        "leave one of them out."
    )


def merge_layers(*layers: Layer) -> dict[str, Any]:
    """Lay plain layers over each other; later ones win, section by section."""
    merged: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            if isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
                merged[key] = {**merged[key], **value}
            else:
                merged[key] = dict(value) if isinstance(value, Mapping) else value
    return merged
