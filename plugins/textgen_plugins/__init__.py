"""The built-in parts, announced through the same hooks as anyone's.

This module is loaded for every listing, so it names where the code is and imports only options.
"""

from __future__ import annotations

from collections.abc import Iterator

from textgen import Component, KnownPart, Recipe, hookimpl
from textgen_plugins.models.options import SingleLSTMOptions, StackedLSTMOptions
from textgen_plugins.recipes import DEFAULT, TUTORIAL
from textgen_plugins.samplers.options import SlidingWindowOptions, StatefulOptions
from textgen_plugins.sources.options import (
    GUTENBERG_ALIASES,
    FileOptions,
    GutenbergOptions,
    PydocOptions,
)
from textgen_plugins.tokenizers.options import BPEOptions, ByteOptions, CharOptions, WordOptions


@hookimpl
def textgen_sources() -> Iterator[Component]:
    """Announce the built-in corpus sources."""
    yield Component(
        "gutenberg",
        summary="books of Project Gutenberg, by number or alias (gutenberg:11,12)",
        factory="textgen_plugins.sources.gutenberg:open_corpus",
        shelf="textgen_plugins.sources.gutenberg_shelf:GutenbergShelf",
        options=GutenbergOptions,
        aliases={alias: str(number) for alias, number in GUTENBERG_ALIASES.items()},
    )
    yield Component(
        "file",
        summary="files of yours: a path, folder, pattern or archive; - is standard input",
        factory="textgen_plugins.sources.file:open_corpus",
        options=FileOptions,
    )
    yield Component(
        "pydoc",
        summary="Python's language reference, which every Python carries (pydoc:topics)",
        factory="textgen_plugins.sources.pydoc:open_corpus",
        options=PydocOptions,
        aliases={"topics": "all topics"},
    )


@hookimpl
def textgen_tokenizers() -> Iterator[Component]:
    """Announce the built-in tokenizers."""
    yield Component(
        "char",
        summary="every character is a token",
        factory="textgen_plugins.tokenizers.char:CharTokenizer",
        options=CharOptions,
    )
    yield Component(
        "byte",
        summary="every byte of the text's UTF-8 is a token: 256, whatever the text",
        factory="textgen_plugins.tokenizers.byte:ByteTokenizer",
        options=ByteOptions,
    )
    yield Component(
        "word",
        summary="words, white space and signs are tokens; rare words are spelt",
        factory="textgen_plugins.tokenizers.word:WordTokenizer",
        options=WordOptions,
    )
    yield Component(
        "bpe",
        summary="pieces of words are tokens, learned from the text (needs the extra bpe)",
        factory="textgen_plugins.tokenizers.bpe:BPETokenizer",
        options=BPEOptions,
    )


@hookimpl
def textgen_models() -> Iterator[Component]:
    """Announce the built-in models."""
    yield Component(
        "lstm-single",
        summary="one LSTM layer",
        factory="textgen_plugins.models.lstm:build_single",
        options=SingleLSTMOptions,
    )
    yield Component(
        "lstm-stacked",
        summary="several LSTM layers with dropout between them",
        factory="textgen_plugins.models.lstm:build_stacked",
        options=StackedLSTMOptions,
    )


@hookimpl
def textgen_samplers() -> Iterator[Component]:
    """Announce the built-in samplers."""
    yield Component(
        "stateful",
        summary="carries the model's state over the whole text",
        factory="textgen_plugins.samplers.stateful:StatefulSampler",
        options=StatefulOptions,
    )
    yield Component(
        "sliding-window",
        summary="re-reads the last tokens from a zero state for every new one",
        factory="textgen_plugins.samplers.sliding_window:SlidingWindowSampler",
        options=SlidingWindowOptions,
    )


@hookimpl
def textgen_recipes() -> Iterator[Recipe]:
    """Announce the built-in recipes."""
    yield DEFAULT
    yield TUTORIAL


@hookimpl
def textgen_known_parts() -> Iterator[KnownPart]:
    """Tell of the examples, which are packages of their own."""
    for kind, name, package in (
        ("source", "hf", "textgen-huggingface"),
        ("model", "gru", "textgen-gru"),
        ("model", "ngram", "textgen-ngram"),
    ):
        install = f"textgen plugins install examples/{package}, in a clone of textgen's repository"
        yield KnownPart(kind, name, package, install)
