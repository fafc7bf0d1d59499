"""A model for textgen that counts: n-grams. Light, because listings import it."""

from collections.abc import Iterator

from textgen import Component, Options, hookimpl, option


class NgramOptions(Options):
    """How far the model looks back."""

    order: int = option(6, "n: tokens counted together, the predicted one included", ge=1)


@hookimpl
def textgen_models() -> Iterator[Component]:
    """Announce the model."""
    yield Component("ngram", "smoothed n-gram counts", "textgen_ngram.model:Ngrams", NgramOptions)
