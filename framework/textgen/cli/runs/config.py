"""`textgen runs config`: a run's whole configuration as a file to train it again with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textgen.cli.params import RegistryParam, RunParam
from textgen.cli.workspace import open_registry

if TYPE_CHECKING:
    from textgen_registry import RunRecord


def config(run: RunParam, registry: RegistryParam = None) -> None:
    """Print a run's whole configuration as a settings file in TOML.

    All is in it that was set or left at its default, so that no recipe changes it. What it takes
    besides, the versions of packages and the text, stands in its comments.

    Example: textgen runs config latest > run.toml
    """
    from textgen.cli.display import print_toml
    from textgen.cli.toml import toml_comment, toml_text

    record = open_registry(registry).find(run)
    print_toml(f"{toml_comment(_heading(record))}\n{toml_text(record.config)}")


def _heading(run: RunRecord) -> Iterator[str]:
    """Yield what a reader must know of the run besides its settings."""
    from textgen.cli.display import local_time
    from textgen.cli.values import named

    yield f"run {named(run)} of {local_time(run.created)}, {run.status}"
    yield f"trained with {', '.join(f'{key} {value}' for key, value in run.environment.items())}"
    for kind, part in run.parts.items():
        yield f"{kind} {part['name']} of {part['package']} {part['version']}"
    text = run.provenance
    yield f"text {text.get('locator', run.source)}, sha256 {text.get('sha256_text', 'unknown')}"
    yield f"the packages: textgen plugins freeze {run.id}"
    yield "as_json, at the end, holds what TOML has no way to say, above all that nothing is set"
    yield "train it again: textgen run --config FILE, where FILE is this file"
    yield f"or train it and hear whether it came out the same: textgen runs reproduce {run.id}"
