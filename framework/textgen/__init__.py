"""textgen: train and sample small text-generation models in which every part is a plugin.

The names in ``__all__`` are the public ones: what plugins may import, always from here. Each is
imported when it is first used, so that ``import textgen`` itself costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "CatalogueEntry": "shelf",
    "Checkpoint": "events",
    "Component": "components",
    "Corpus": "corpus",
    "Cut": "corpus",
    "Decoder": "parts",
    "DocumentStart": "corpus",
    "Fetched": "shelf",
    "GenerationError": "errors",
    "KnownPart": "components",
    "LocatorError": "errors",
    "Metrics": "events",
    "Model": "parts",
    "Options": "options",
    "Plan": "events",
    "PluginError": "errors",
    "Progress": "events",
    "Provenance": "corpus",
    "Recipe": "components",
    "RunFinished": "events",
    "RunStarted": "events",
    "SampleWritten": "events",
    "Sampler": "parts",
    "SelfFitting": "parts",
    "Shelf": "shelf",
    "ShelfItem": "shelf",
    "SourceError": "errors",
    "StepDecoder": "parts",
    "TextgenError": "errors",
    "Tokenizer": "parts",
    "TokenizerError": "errors",
    "TokenChooser": "generation.choice",
    "corpus_from_chunks": "corpus",
    "corpus_from_text": "corpus",
    "hookimpl": "hookspecs",
    "join_documents": "corpus",
    "kernels_for": "kernels",
    "nearest": "errors",
    "option": "options",
    "sha256_of": "files",
    "sha256_of_documents": "corpus",
    "utf8_of": "utf8",
    "write_atomic": "files",
}

__all__ = [
    "CatalogueEntry",
    "Checkpoint",
    "Component",
    "Corpus",
    "Cut",
    "Decoder",
    "DocumentStart",
    "Fetched",
    "GenerationError",
    "KnownPart",
    "LocatorError",
    "Metrics",
    "Model",
    "Options",
    "Plan",
    "PluginError",
    "Progress",
    "Provenance",
    "Recipe",
    "RunFinished",
    "RunStarted",
    "SampleWritten",
    "Sampler",
    "SelfFitting",
    "Shelf",
    "ShelfItem",
    "SourceError",
    "StepDecoder",
    "TextgenError",
    "TokenChooser",
    "Tokenizer",
    "TokenizerError",
    "corpus_from_chunks",
    "corpus_from_text",
    "hookimpl",
    "join_documents",
    "kernels_for",
    "nearest",
    "option",
    "sha256_of",
    "sha256_of_documents",
    "utf8_of",
    "write_atomic",
]

if TYPE_CHECKING:
    from textgen.components import Component, KnownPart, Recipe
    from textgen.corpus import (
        Corpus,
        Cut,
        DocumentStart,
        Provenance,
        corpus_from_chunks,
        corpus_from_text,
        join_documents,
        sha256_of_documents,
    )
    from textgen.errors import (
        GenerationError,
        LocatorError,
        PluginError,
        SourceError,
        TextgenError,
        TokenizerError,
        nearest,
    )
    from textgen.events import (
        Checkpoint,
        Metrics,
        Plan,
        Progress,
        RunFinished,
        RunStarted,
        SampleWritten,
    )
    from textgen.files import sha256_of, write_atomic
    from textgen.generation.choice import TokenChooser
    from textgen.hookspecs import hookimpl
    from textgen.kernels import kernels_for
    from textgen.options import Options, option
    from textgen.parts import Decoder, Model, Sampler, SelfFitting, StepDecoder, Tokenizer
    from textgen.shelf import CatalogueEntry, Fetched, Shelf, ShelfItem
    from textgen.utf8 import utf8_of


def __getattr__(name: str) -> Any:
    try:
        home = _HOMES[name]
    except KeyError:
        raise AttributeError(f"module 'textgen' has no attribute {name!r}") from None
    return getattr(import_module(f"textgen.{home}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
