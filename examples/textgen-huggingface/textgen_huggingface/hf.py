"""Streams a column of a dataset, each row a document; imported when a run uses it."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import datasets
from huggingface_hub import DatasetCard, DatasetCardData, HfApi

from textgen import Corpus, SourceError, corpus_from_chunks, join_documents, nearest
from textgen_huggingface import DatasetOptions

_ADVICE = "Name a folder, or OWNER/NAME (by network); HF_HOME must be a folder to write in."
_CUT = re.compile("(?s).{1,1000000}")
_READ_AS = {"sample_by": "document", "keep_default_na": False}  # text files whole; in CSV, NA too
_TEXT = (str, "string", "large_string")


def read(locator: str, options: DatasetOptions) -> Corpus:
    """Open a folder, ``NAME`` or ``NAME@REVISION``; SourceError says why that cannot be done."""
    datasets.disable_progress_bars()
    datasets.config.HF_UPDATE_DOWNLOAD_COUNTS = False  # nobody is told what is read
    datasets.logging.set_verbosity(datasets.logging.CRITICAL)  # the error says it
    who = f"hf:{locator}"
    with _explained(who):
        place, commit, card = _find(locator)
        if options.config:
            names = datasets.get_dataset_config_names(place, revision=commit)
            _check(who, "config", options.config, names)
        builder = datasets.load_dataset_builder(place, options.config, revision=commit)
        vars(builder.config).update(_READ_AS)
        splits = builder.as_streaming_dataset()
        _check(who, "split", options.split, splits)
        documents = Documents(who, splits[options.split], options)
        record = corpus_from_chunks(
            documents,
            locator=f"hf:{f'{builder.repo_id}@{commit}' if commit else place}",
            title=f"{builder.dataset_name}, {builder.config.name}, {options.split}",
            origin=builder.base_path,
            sha256_received="",
            licence=str((card and card.license) or "unknown"),
            notes=(f"fingerprint {builder.hash}",),
        ).provenance
    if not any(documents):
        raise SourceError(f"{who}: no text is read. Choose another column or max_bytes.")
    return Corpus(documents, replace(record, sha256_received=record.sha256_text))


@dataclass(frozen=True)
class Documents:
    """The texts of a column, in pieces, read anew each time."""

    who: str
    split: datasets.IterableDataset
    options: DatasetOptions

    def __iter__(self) -> Iterator[str]:
        rows = islice(filter(None, self._texts()), self.options.max_documents)
        separator = self.options.separator.replace(r"\n", "\n").replace(r"\t", "\t")
        return join_documents(map(_CUT.findall, rows), separator)

    def _texts(self) -> Iterator[str | None]:
        size = 0
        with _explained(self.who):
            kinds = (self.split.features or next(iter(self.split))).items()
            texts = [name for name, kind in kinds if getattr(kind, "dtype", type(kind)) in _TEXT]
            column = self.options.column or (texts[0] if len(texts) == 1 else "text")
            _check(self.who, "column of text", column, texts)
            for batch in self.split.select_columns([column]).iter(batch_size=100):
                for text in batch[column]:
                    size += len((text or "").encode())
                    if size > (self.options.max_bytes or size):
                        return
                    yield text


def _find(locator: str) -> tuple[str, str | None, DatasetCardData | None]:
    """Return the place, the commit that a name of the Hub stands for now, and the card."""
    folder = Path(locator).expanduser().absolute()
    if locator and folder.is_dir():
        card = folder / "README.md"
        return str(folder), None, DatasetCard.load(card).data if card.is_file() else None
    name, _, revision = locator.partition("@")
    found = HfApi().dataset_info(name, revision=revision or None, timeout=30)
    return f"hf://datasets/{name}", found.sha, found.card_data


def _check(who: str, what: str, name: str, known: Iterable[str]) -> None:
    if name not in known:
        option = what.partition(" ")[0]
        raise SourceError(f"{who}: no {what} {name!r}; {nearest(name, known)} Set source.{option}.")


@contextmanager
def _explained(who: str) -> Iterator[None]:
    try:
        yield
    except SourceError:
        raise
    except Exception as error:  # a dozen libraries read for datasets, each with errors of its own
        why = " ".join(f"{type(error).__name__}: {str(error) or 'nothing is there'}".split())[:300]
        raise SourceError(f"{who} cannot be read ({why}). {_ADVICE}") from error
