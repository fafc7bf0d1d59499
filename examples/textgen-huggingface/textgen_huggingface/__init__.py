"""A corpus source for textgen: Hugging Face datasets. Light, because listings import it."""

from textgen import Component, Options, hookimpl, option


class DatasetOptions(Options):
    """What is read of a dataset."""

    config: str | None = option(None, "which configuration; none: the default or only one")
    split: str = option("train", "which split")
    column: str | None = option(None, "which column; none: text, or else the only one of text")
    separator: str = option(r"\n\n", r"what stands between two documents; \n: line end, \t: tab")
    max_documents: int | None = option(None, "read no more of them", unit="documents", ge=1)
    max_bytes: int | None = option(None, "read whole documents up to here", unit="bytes", ge=1)


@hookimpl
def textgen_sources() -> list[Component]:
    """Announce the source."""
    return [Component("hf", "Hugging Face datasets", "textgen_huggingface.hf:read", DatasetOptions)]
