"""A run's settings: from recipes, a TOML file and the command line to one checked whole.

Settings are sections: one per part (``use`` names it, the rest are its options), ``training``,
``sample``, and the plain entries ``seed`` and ``device``. Layers are merged from the weakest to
the strongest. Where a stronger layer uses another part, options that the new part also has are
kept and the others are dropped. Imports no torch.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from textgen.components import Kind
from textgen.errors import OptionError, PluginError, TextgenError, UsageError, nearest
from textgen.options import Options, option
from textgen.plugins import Plugins, Provided
from textgen.training.options import SampleOptions, TrainingOptions

DEFAULT_RECIPE = "default"
_SECTIONS: Mapping[str, type[Options]] = {"training": TrainingOptions, "sample": SampleOptions}

Layer = Mapping[str, Any]
T = TypeVar("T", bound=Options)


class _General(Options):
    seed: int = option(1, "where all random numbers begin", ge=0, lt=2**63)
    device: str = option("auto", "auto, cpu, cuda, cuda:1, …, or mps")


@dataclass(frozen=True)
class Choice:
    """One part of a run: who provides it and with which options.

    Attributes:
        use: What the user named: the part's name and, for a source, its locator.
        locator: What follows the colon; empty except for sources.
        provided: The component and its provider.
        options: Its options, checked.
    """

    use: str
    locator: str
    provided: Provided
    options: Options

    def make(self, *arguments: Any) -> Any:
        """Call the part's factory with ``arguments`` and the options.

        Raises:
            PluginError: The factory failed for a reason of its own.
            TextgenError: Whatever the factory raised on purpose.
        """
        factory = self.provided.component.load()
        try:
            return factory(*arguments, self.options)
        except TextgenError:
            raise
        except Exception as error:
            raise self.broken(f"its factory failed ({type(error).__name__}: {error})") from error

    def broken(self, what: str) -> PluginError:
        """Return the error that says how this part breaks the contract, and whose it is."""
        part, provider = self.provided, self.provided.provider
        return PluginError(
            f"{part.kind} {part.component.name!r} of {provider.package} {provider.version}: "
            f"{what}. Update that package, or tell its author."
        )


@dataclass(frozen=True)
class RunSettings:
    """Everything that determines a run, checked and complete."""

    parts: Mapping[Kind, Choice]
    training: TrainingOptions
    sample: SampleOptions
    seed: int
    device: str

    def as_dict(self) -> dict[str, Any]:
        """Return the settings in the shape of a configuration file, every default filled in."""
        sections: dict[str, Any] = {
            kind.value: {"use": choice.use, **choice.options.model_dump(mode="json")}
            for kind, choice in self.parts.items()
        }
        sections["training"] = self.training.model_dump(mode="json")
        sections["sample"] = self.sample.model_dump(mode="json")
        return {**sections, "seed": self.seed, "device": self.device}


def read_config(path: Path) -> Layer:
    """Read a TOML configuration file as a layer.

    Raises:
        UsageError: The file cannot be read or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--config {path}: cannot be read ({_reason(error)}).") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"--config {path}: is not valid TOML: {error}.") from error


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else "it is not UTF-8"


def layer_from_assignments(assignments: Iterable[str]) -> dict[str, dict[str, str]]:
    """Turn ``part.option=value`` texts into a layer.

    Raises:
        UsageError: An assignment has another form.
    """
    layer: dict[str, dict[str, str]] = {}
    for text in assignments:
        target, equals, value = text.partition("=")
        section, dot, name = target.strip().partition(".")
        if not (equals and dot and section and name):
            raise UsageError(
                f"--set {text!r}: must have the form part.option=value, "
                "for example --set model.hidden_size=512"
            )
        layer.setdefault(section, {})[name] = value
    return layer


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


def resolve(plugins: Plugins, layers: Sequence[Layer]) -> RunSettings:
    """Check layers, weakest first, and return the settings they make.

    Raises:
        UnknownNameError: A part that nobody provides.
        OptionError: An unknown section or option, or a value that breaks its rule.
    """
    normal = [_normalized(layer) for layer in layers]
    parts = {kind: _choose(plugins, kind, normal) for kind in Kind}
    whole = merge_layers(*normal)
    general = _parse(_General, whole["general"], "textgen run", "textgen run --help")
    return RunSettings(
        parts=parts,
        training=_parse_section(TrainingOptions, whole["training"], "training"),
        sample=_parse_section(SampleOptions, whole["sample"], "sample"),
        seed=general.seed,
        device=general.device,
    )


def resolve_part(plugins: Plugins, kind: Kind, layers: Sequence[Layer]) -> Choice:
    """Check one part of the layers, weakest first, and return it.

    Raises:
        UnknownNameError: Nobody provides it.
        OptionError: An unknown option, or a value that breaks its rule.
    """
    return _choose(plugins, kind, [_normalized(layer) for layer in layers])


def section_options(section: str) -> type[Options] | None:
    """Return the options class of ``training`` or ``sample``; None for any other name."""
    return _SECTIONS.get(section)


def _normalized(layer: Layer) -> dict[str, dict[str, Any]]:
    """Give every section a place, ``part = "name"`` its long form, and refuse what is unknown."""
    general = set(_General.model_fields)
    known = [*(kind.value for kind in Kind), *_SECTIONS, *general]
    result: dict[str, dict[str, Any]] = {kind: {} for kind in [*Kind, *_SECTIONS, "general"]}
    for key, value in layer.items():
        if key not in known:
            raise OptionError(f"there is no section {key!r}: {nearest(key, known)}")
        if key in general:
            result["general"][key] = value
        elif isinstance(value, str) and key not in _SECTIONS:
            result[key]["use"] = value
        elif isinstance(value, Mapping):
            result[key] |= value
        else:
            raise OptionError(f"section {key!r} = {value!r}: must be a table of options")
    return result


def _choose(
    plugins: Plugins, kind: Kind, normal: Sequence[Mapping[str, Mapping[str, Any]]]
) -> Choice:
    layers = [layer[kind] for layer in normal]
    use = next((layer["use"] for layer in reversed(layers) if "use" in layer), None)
    if not isinstance(use, str) or not use:
        raise OptionError(f"no {kind} is named; say --{kind} NAME. See: textgen plugins list")
    name, locator = _split(kind, use)
    provided = plugins.find(kind, name)
    values: dict[str, Any] = {}
    for layer in layers:
        values |= _applicable(layer, kind, name, provided.component.options)
    values.pop("use", None)
    options = _parse(
        provided.component.options, values, f"{kind} {name!r}", f"textgen plugins show {name}"
    )
    return Choice(use, locator, provided, options)


def _split(kind: Kind, use: str) -> tuple[str, str]:
    if kind is not Kind.SOURCE:
        return use, ""
    name, _, locator = use.partition(":")
    return name, locator


def _applicable(
    layer: Mapping[str, Any], kind: Kind, name: str, options: type[Options]
) -> dict[str, Any]:
    """Return the layer's options, less those meant for another part that this one lacks."""
    meant_for = layer.get("use")
    if meant_for is None or _split(kind, str(meant_for))[0] == name:
        return dict(layer)
    return {key: value for key, value in layer.items() if key in options.model_fields}


def _parse_section(options: type[T], values: Mapping[str, Any], name: str) -> T:
    return _parse(options, values, f"section {name!r}", f"textgen plugins show {name}")


def _parse(options: type[T], values: Mapping[str, Any], owner: str, help: str) -> T:
    return options.parse(values, owner=owner, help_command=help)


def resolve_some(plugins: Plugins, layers: Sequence[Layer], kinds: Iterable[Kind]) -> RunSettings:
    """Check layers, weakest first, as `resolve` does, but choose the parts of some kinds alone.

    What uses a trained run needs only some of its parts, and the plugin of another may be gone.

    Raises:
        UnknownNameError: A part of these kinds that nobody provides.
        OptionError: An unknown section or option, or a value that breaks its rule.
    """
    normal = [_normalized(layer) for layer in layers]
    whole = merge_layers(*normal)
    general = _parse(_General, whole["general"], "textgen run", "textgen run --help")
    return RunSettings(
        parts={kind: _choose(plugins, kind, normal) for kind in kinds},
        training=_parse_section(TrainingOptions, whole["training"], "training"),
        sample=_parse_section(SampleOptions, whole["sample"], "sample"),
        seed=general.seed,
        device=general.device,
    )
