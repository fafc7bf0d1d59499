"""What a run reads: its corpus opened, turned into tokens, and divided.

Knows the source and the tokenizer by their contract, and nothing of models.
"""

from __future__ import annotations

from collections.abc import Callable

from textgen.components import Kind
from textgen.corpus import Corpus, watched
from textgen.data.material import Material
from textgen.data.splits import Split, all_held_out, split_corpus
from textgen.data.token_cache import default_cache
from textgen.data.tokenizer_code import code_of
from textgen.data.tokens import Encoding, Tokens, tokenize
from textgen.parts import Tokenizer
from textgen.settings import RunSettings
from textgen.training.options import TrainingOptions


def prepare(
    settings: RunSettings,
    *,
    tokenizer: Tokenizer | None = None,
    whole: bool = False,
    watch: Callable[[int], None] = lambda characters: None,
) -> Material:
    """Open the corpus and turn it into tokens.

    Args:
        settings: The run's settings.
        tokenizer: One that has learned already; None makes one that learns from this corpus.
        whole: Whether the whole text is held out, rather than the fraction in the settings.
        watch: Told again and again, each time that the text is read, how much of it has been.

    Raises:
        SourceError: The corpus cannot be had.
        TokenizerError: The tokenizer does not know a part of the text.
        CorpusError: The corpus is empty, changes while it is read, or cannot be divided.
    """
    corpus = _open_corpus(settings)
    with settings.blaming(Kind.TOKENIZER, "turning the text into tokens"):
        encoding = _encoding(settings, tokenizer)
        tokens = tokenize(watched(corpus, watch), encoding, default_cache())
    split = all_held_out(len(tokens.ids)) if whole else _split(tokens, settings.training)
    return Material(corpus, encoding.tokenizer, tokens, split)


def new_tokenizer(settings: RunSettings) -> Tokenizer:
    """Build the tokenizer that the settings name; it has learned nothing yet."""
    tokenizer: Tokenizer = settings.parts[Kind.TOKENIZER].make()
    return tokenizer


def _encoding(settings: RunSettings, learned: Tokenizer | None) -> Encoding:
    choice = settings.parts[Kind.TOKENIZER]
    tokenizer = new_tokenizer(settings) if learned is None else learned
    return Encoding(tokenizer, learned is None, {**choice.record(), **code_of(tokenizer)})


def _split(tokens: Tokens, options: TrainingOptions) -> Split:
    return split_corpus(
        len(tokens.ids),
        tokens.documents,
        validation_fraction=options.validation_fraction,
        test_fraction=options.test_fraction,
        whole_documents=options.split == "documents",
    )


def _open_corpus(settings: RunSettings) -> Corpus:
    source = settings.parts[Kind.SOURCE]
    corpus: Corpus = source.make(source.locator)
    locator, name = corpus.provenance.locator, source.provided.component.name
    if locator.partition(":")[0] != name:
        raise source.broken(
            f"its corpus names {locator!r} as what opens it again, which must begin with {name}:"
        )
    return corpus
