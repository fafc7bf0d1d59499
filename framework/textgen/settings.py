"""A run's settings: layers, from recipes to the command line, become one checked whole.

Settings are sections: one per part (``use`` names it, the rest are its options), ``training``,
``sample``, and the plain entries ``seed`` and ``device``. Layers are merged from the weakest to
the strongest. Where a stronger layer uses another part, options that the new part also has are
kept and the others are dropped. Imports no torch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeVar

from textgen.blame import innermost, told
from textgen.components import Kind
from textgen.errors import OptionError, PluginError, TextgenError, UsageError, nearest
from textgen.options import Options, option, options_sha256
from textgen.plugins import Plugins
from textgen.plugins.provided import Provided
from textgen.shelf import Shelf
from textgen.training.options import SampleOptions, TrainingOptions

_SECTIONS: Mapping[str, type[Options]] = {"training": TrainingOptions, "sample": SampleOptions}
_PLACES = (*(kind.value for kind in Kind), *_SECTIONS)

Layer = Mapping[str, Any]
T = TypeVar("T", bound=Options)


class _General(Options):
    seed: int = option(1, "where all random numbers begin", ge=0, lt=2**63)
    device: str = option("auto", "auto, cpu, cuda, cuda:1, …, or mps")


class Heading(Options):
    """What a file may say of a run besides its settings."""

    recipe: str | None = option(None, "settings under a name, weaker than the file's own")
    name: str | None = option(None, "a name for the run")
    tags: tuple[str, ...] = option((), "tags for the run")
    as_json: dict[str, str] = option({}, "settings that TOML cannot hold: part.option, then JSON")


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
        return self._made_by(self.provided.component.load(), "factory", *arguments)

    def shelf(self) -> Shelf | None:
        """Make the source's shelf; None where it has none.

        Raises:
            PluginError: What it names makes none.
            TextgenError: Whatever that raised on purpose.
        """
        load = self.provided.component.load_shelf()
        if load is None:
            return None
        made = self._made_by(load, "shelf")
        if not isinstance(made, Shelf):
            raise self.broken(f"its shelf is a {type(made).__name__}, no textgen.Shelf")
        return made

    def _made_by(self, function: Callable[..., Any], what: str, *arguments: Any) -> Any:
        try:
            return function(*arguments, self.options)
        except TextgenError:
            raise
        except (Exception, SystemExit) as error:
            raise self.broken(f"its {what} failed: {told(error, self.package)}") from error

    @property
    def package(self) -> str:
        """The import package that its code is in."""
        return self.provided.component.factory.partition(":")[0].partition(".")[0]

    def record(self) -> dict[str, str]:
        """Return what a run records of this part."""
        return {**self.provided.record(), "options_sha256": options_sha256(self.options)}

    def broken(self, what: str) -> PluginError:
        """Return the error that says how this part breaks the contract, and whose it is."""
        part, provider = self.provided, self.provided.provider
        return PluginError(
            f"{part.kind} {part.component.name!r} of {provider.package} {provider.version}: "
            f"{what}. Update that package, or tell its author; textgen --debug … shows more."
        )


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


def layer_from_assignments(assignments: Iterable[str]) -> dict[str, dict[str, str]]:
    """Turn ``part.option=value`` texts into a layer.

    Raises:
        UsageError: An assignment has another form, or sets what only a flag sets.
    """
    layer: dict[str, dict[str, str]] = {}
    for text in assignments:
        target, equals, value = text.partition("=")
        section, dot, name = target.strip().partition(".")
        if equals and section not in _PLACES and (name or section) in _General.model_fields:
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
    general = _parse(_General, whole["general"], "setting", "textgen run --help")
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


def section_options(section: str) -> type[Options] | None:
    """Return the options class of ``training`` or ``sample``; None for any other name."""
    return _SECTIONS.get(section)


def _normalized(layer: Layer, plugins: Plugins) -> dict[str, dict[str, Any]]:
    """Give every section a place, ``part = "name"`` its long form, and refuse what is unknown."""
    result: dict[str, dict[str, Any]] = {place: {} for place in (*_PLACES, "general")}
    for key, value in layer.items():
        if key in _General.model_fields:
            result["general"][key] = value
        elif key not in _PLACES:
            raise OptionError(f"there is no section or setting {key!r}: {_nearest(key, plugins)}")
        elif isinstance(value, str) and key not in _SECTIONS:
            result[key]["use"] = value
        elif isinstance(value, Mapping):
            result[key] |= value
        else:
            raise OptionError(f"section {key!r} = {value!r}: must be a table of options")
    return result


def _nearest(key: str, plugins: Plugins) -> str:
    """Say what is near an unknown key: often an option that stands outside its section."""
    known = [*_PLACES, *_General.model_fields, *Heading.model_fields]
    owners = [(item.kind.value, item.component.options) for item in plugins.components()]
    meant = {
        name: f"{section}.{name}"
        for section, options in (*owners, *_SECTIONS.items())
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
