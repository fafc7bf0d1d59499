"""Scaffolding: the files of a new plugin, from its kind and name.

Their texts are the templates in ``scaffold/``, in the folder of a kind or in ``common/``. Writes
nothing, and knows nothing of what is installed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from string import Template

import textgen
from textgen.errors import UnknownNameError, UsageError, nearest
from textgen.hookspecs import CONTRACT

_TEMPLATES = Path(__file__).with_name("scaffold")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_TAKEN = {"framework", "plugins", "registry"}

_SUMMARIES = {
    "source": "A corpus source for textgen: the source code of a Python module.",
    "tokenizer": "A tokenizer for textgen: frequent words, and characters for the rest.",
    "model": "A model for textgen: one layer of gated recurrent units.",
    "sampler": "A sampler for textgen: leaves out what is unlikely beside the likeliest token.",
    "listener": "A listener for textgen: writes the figures of a run to a CSV file.",
}
KINDS = tuple(_SUMMARIES)
"""What a plugin may be: one of the four kinds of part, or a listener to runs."""


class NewPlugin:
    """A plugin that is about to be written.

    Attributes:
        kind: ``source``, ``tokenizer``, ``model``, ``sampler`` or ``listener``.
        name: What users will type.
    """

    def __init__(self, kind: str, name: str) -> None:
        """Name a plugin.

        Raises:
            UnknownNameError: There is no such kind.
            UsageError: The name cannot be that of a package.
        """
        if kind not in _SUMMARIES:
            raise UnknownNameError(
                f"no kind of plugin is called {kind!r}: {nearest(kind, _SUMMARIES)}"
            )
        _check_name(name)
        self.kind = kind
        self.name = name

    @property
    def package(self) -> str:
        """The name of its distribution, and of its folder."""
        return f"textgen-{self.name}"

    @property
    def module(self) -> str:
        """The name of its import package."""
        return self.package.replace("-", "_")

    @property
    def trial(self) -> str:
        """A command that uses it for some seconds, on a text that everybody has."""
        run = "textgen run --set training.predictions=20000"
        if self.kind == "source":
            return f"{run} --source {self.name}:argparse"
        if self.kind == "listener":
            return f"{self._variable}=figures.csv {run}"
        return f"{run} --{self.kind} {self.name}"

    def files(self) -> dict[str, str]:
        """Return the text of each file, by its path in the plugin's folder."""
        return {
            "pyproject.toml": self._filled("common/pyproject.toml"),
            "README.md": self._filled("common/README.md"),
            ".gitignore": self._filled("common/gitignore"),
            f"{self.module}/__init__.py": self._filled(f"{self.kind}/hooks.py"),
            f"{self.module}/{self.kind}.py": self._filled(f"{self.kind}/part.py"),
            f"tests/test_{self.name.replace('-', '_')}.py": self._filled(f"{self.kind}/test.py"),
        }

    @property
    def _variable(self) -> str:
        """The environment variable by which a listener is told where to write."""
        return f"{self.module}_csv".upper()

    def _filled(self, template: str) -> str:
        text = (_TEMPLATES / f"{template}.template").read_text(encoding="utf-8")
        return Template(text).substitute(self._values())

    def _values(self) -> Mapping[str, str]:
        return {
            "kind": self.kind,
            "name": self.name,
            "package": self.package,
            "module": self.module,
            "class_name": self.name.title().replace("-", ""),
            "summary": _SUMMARIES[self.kind],
            "trial": self.trial,
            "variable": self._variable,
            "version": textgen.__version__,
            "contract": CONTRACT,
        }


def _check_name(name: str) -> None:
    if name.startswith("textgen-"):
        raise UsageError(
            f"the name {name!r}: the package's name begins with textgen- by itself. "
            f"Say {name.removeprefix('textgen-')!r}."
        )
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"the name {name!r} cannot be that of a package: use lower-case letters, digits and "
            "single hyphens, beginning with a letter, such as 'word-pairs'."
        )
    if name in _TAKEN:
        raise UsageError(f"the name {name!r} is taken: textgen-{name} is part of textgen itself.")
