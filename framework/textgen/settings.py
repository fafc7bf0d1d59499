"""A run's settings: layers, from recipes to the command line, become one checked whole.

Settings are sections: one per part (``use`` names it, the rest are its options), ``training``,
``sample``, and the plain entries ``seed`` and ``device``. Layers are merged from the weakest to
the strongest. Where a stronger layer uses another part, options that the new part also has are
kept and the others are dropped. Imports no torch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeVar

from textgen.blame import innermost, told
from textgen.chosen import Choice
from textgen.components import Kind
from textgen.errors import OptionError, TextgenError, nearest
from textgen.layers import PLACES, SECTIONS, General, Heading, Layer, merge_layers
from textgen.options import Options
from textgen.plugins import Plugins
from textgen.training.options import SampleOptions, TrainingOptions

T = TypeVar("T", bound=Options)


@dataclass(frozen=True)
class RunSettings:
    """Everything that determines a run, checked and complete."""

    parts: Mapping[Kind, Choice]
    training: TrainingOptions
    sample: SampleOptions
    seed: int
    device: str

    @contextmanager
    def blaming(self, kind: Kind, doing: str) -> Iterator[None]:
        """Let an error that nobody foresaw be told as a part's, with its place in the code.

        Args:
            kind: Whose it is, if the place does not tell.
            doing: What goes on in the block.

        Raises:
            PluginError: There was one.
        """
        try:
            yield
        except TextgenError:
            raise
        except (Exception, SystemExit) as error:
            inner = innermost(error, {part.package for part in self.parts.values()})
            owners = [part for part in self.parts.values() if part.package == inner]
            part = self.parts[kind] if not owners or self.parts[kind] in owners else owners[0]
            raise part.broken(f"{doing} failed: {told(error, part.package)}") from error

    def as_dict(self) -> dict[str, Any]:
        """Return the settings in the shape of a configuration file, every default filled in."""
        sections: dict[str, Any] = {
            kind.value: {"use": choice.use, **choice.options.model_dump(mode="json")}
            for kind, choice in self.parts.items()
        }
        sections["training"] = self.training.model_dump(mode="json")
        sections["sample"] = self.sample.model_dump(mode="json")
        return {**sections, "seed": self.seed, "device": self.device}


def resolve(plugins: Plugins, layers: Sequence[Layer]) -> RunSettings:
    """Check layers, weakest first, and return the settings they make.

    Raises:
        UnknownNameError: A part that nobody provides.
        OptionError: An unknown section or option, or a value that breaks its rule.
    """
    return resolve_some(plugins, layers, Kind)


def resolve_some(plugins: Plugins, layers: Sequence[Layer], kinds: Iterable[Kind]) -> RunSettings:
    """Check layers, weakest first, as `resolve` does, but choose the parts of some kinds alone.

    What uses a trained run needs only some of its parts, and the plugin of another may be gone.

    Raises:
        UnknownNameError: A part of these kinds that nobody provides.
        OptionError: An unknown section or option, or a value that breaks its rule.
    """
    normal = [_normalized(layer, plugins) for layer in layers]
    whole = merge_layers(*normal)
    general = _parse(General, whole["general"], "setting", "textgen run --help")
    return RunSettings(
        parts={kind: _choose(plugins, kind, normal) for kind in kinds},
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
    return _choose(plugins, kind, [_normalized(layer, plugins) for layer in layers])


def _normalized(layer: Layer, plugins: Plugins) -> dict[str, dict[str, Any]]:
    """Give every section a place, ``part = "name"`` its long form, and refuse what is unknown."""
    result: dict[str, dict[str, Any]] = {place: {} for place in (*PLACES, "general")}
    for key, value in layer.items():
        if key in General.model_fields:
            result["general"][key] = value
        elif key not in PLACES:
            raise OptionError(f"there is no section or setting {key!r}: {_nearest(key, plugins)}")
        elif isinstance(value, str) and key not in SECTIONS:
            result[key]["use"] = value
        elif isinstance(value, Mapping):
            result[key] |= value
        else:
            raise OptionError(f"section {key!r} = {value!r}: must be a table of options")
    return result


def _nearest(key: str, plugins: Plugins) -> str:
    """Say what is near an unknown key: often an option that stands outside its section."""
    known = [*PLACES, *General.model_fields, *Heading.model_fields]
    owners = [(item.kind.value, item.component.options) for item in plugins.components()]
    meant = {
        name: f"{section}.{name}"
        for section, options in (*owners, *SECTIONS.items())
        for name in options.model_fields
    }
    meant |= {name: name for name in known}
    near = get_close_matches(key, meant, n=1, cutoff=0.5)
    return f"did you mean {meant[near[0]]!r}?" if near else nearest(key, known)


def _choose(
    plugins: Plugins, kind: Kind, normal: Sequence[Mapping[str, Mapping[str, Any]]]
) -> Choice:
    layers = [layer[kind] for layer in normal]
    use = next((layer["use"] for layer in reversed(layers) if "use" in layer), None)
    if not isinstance(use, str) or not use:
        raise OptionError(f"no {kind} is named; say --{kind} NAME. See: textgen plugins list")
    name, locator = _split(kind, use)
    provided = plugins.find(kind, name, use=use)
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
