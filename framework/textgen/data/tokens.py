"""From a corpus to token ids: encoded once, kept on disk where that is worth it, checked.

Knows nothing of how they are divided and read in training.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from textgen.corpus import Corpus, DocumentStart, Provenance, TextDigest
from textgen.data.token_cache import Entry, TokenCache
from textgen.errors import CorpusError, TokenizerError
from textgen.parts import Tokenizer

if TYPE_CHECKING:
    from textgen.parts import TokenIds

# Shorter texts are encoded anew for every run, which takes no longer than finding a file.
_WORTH_KEEPING = 1 << 20
_DECODED_AT_ONCE = 1 << 20
_NEAR = 16  # tokens; pieces are longer than that


@dataclass(frozen=True)
class Tokens:
    """A corpus as token ids.

    Attributes:
        ids: All token ids, ``[N]``, unsigned, of 8, 16 or 32 bits; perhaps a mapped file.
        documents: Where documents begin, ``[D]``, ascending; the first is 0.
        mapping: The file, where they are one.
    """

    ids: TokenIds
    documents: NDArray[np.int64]
    mapping: mmap.mmap | None = None

    def on(self, device: torch.device) -> torch.Tensor:
        """Return all ids as a tensor ``[N]`` on ``device``; on the CPU it is the same memory.

        Elsewhere ids of 16 and 32 bits are signed, as torch indexes no others there.
        """
        tokens = torch.from_numpy(self.ids).to(device)
        self.let_go()
        return tokens.to(torch.int32) if self._are_widened_on(device) else tokens

    def bytes_on(self, device: torch.device) -> int:
        """Return the memory that all ids take there as long as they are used."""
        if self.mapping is not None and device.type == "cpu":
            return 0
        return 4 * len(self.ids) if self._are_widened_on(device) else self.ids.nbytes

    def _are_widened_on(self, device: torch.device) -> bool:
        return device.type != "cpu" and self.ids.itemsize > 1

    def let_go(self) -> None:
        """Give back the memory of what was read of a mapped file; it may be read again."""
        if self.mapping is not None and hasattr(mmap, "MADV_DONTNEED"):  # not on Windows
            self.mapping.madvise(mmap.MADV_DONTNEED)


class Encoding(NamedTuple):
    """How a tokenizer comes to know a corpus and to encode it.

    Attributes:
        tokenizer: Makes the ids; it has learned already, or learns from the corpus.
        learns: Whether it has yet to learn.
        identity: What its ids depend on besides the text and what it learned: plain JSON values.
    """

    tokenizer: Tokenizer
    learns: bool
    identity: Mapping[str, Any]


def tokenize(corpus: Corpus, encoding: Encoding, cache: TokenCache) -> Tokens:
    """Return a corpus as token ids; a tokenizer that learns has learned from it afterwards.

    Args:
        corpus: The text, which is read twice where the tokenizer learns, else once.
        encoding: The tokenizer.
        cache: Where ids and what tokenizers learned are kept.

    Raises:
        TokenizerError: The tokenizer does not know a part of the text, or has no such id as it
            gives it.
        CorpusError: The corpus is empty, or another one than its provenance says.
    """
    tokenizer, provenance = encoding.tokenizer, corpus.provenance
    if 0 < provenance.characters < _WORTH_KEEPING:
        if encoding.learns:
            tokenizer.learn(_Verified(corpus))
        pieces: list[TokenIds] = []
        documents = _encode(corpus, tokenizer, pieces.append)
        return Tokens(np.concatenate(pieces), documents)
    borders = provenance.sha256_documents
    text = {**encoding.identity, "text": provenance.sha256_text, "documents": borders}
    if encoding.learns:
        _learn(corpus, tokenizer, cache.entry("learned", text))
    return _ids(corpus, tokenizer, cache.entry("ids", {**text, "state": tokenizer.state()}))


def count_characters(tokenizer: Tokenizer, ids: TokenIds) -> int:
    """Return how many characters ``ids``, ``[N]``, stand for.

    They are decoded piece by piece. A character whose tokens a border parts is counted once, as
    long as what stands ``_NEAR`` tokens from it does not change how it is written.
    """
    count = 0
    for start in range(0, len(ids), _DECODED_AT_ONCE):
        count += len(tokenizer.decode(ids[start : start + _DECODED_AT_ONCE]))
        if start:
            before, after = ids[start - _NEAR : start], ids[start : start + _NEAR]
            apart = len(tokenizer.decode(before)) + len(tokenizer.decode(after))
            count += len(tokenizer.decode(np.concatenate([before, after]))) - apart
    return count


def _learn(corpus: Corpus, tokenizer: Tokenizer, entry: Entry) -> None:
    """Have the tokenizer learn, or take over what one like it learned from this text."""
    learned = entry.read_state()
    if learned is None:
        tokenizer.learn(_Verified(corpus))
        entry.keep_state(tokenizer.state())
    else:
        tokenizer.load_state(learned)


def _ids(corpus: Corpus, tokenizer: Tokenizer, entry: Entry) -> Tokens:
    """Return the ids that are kept, or encode the corpus and keep them."""
    kept = entry.read_ids()
    if kept is not None and _still_gives(tokenizer, kept.ids, next(iter(corpus), "")):
        return Tokens(*kept)
    with entry.new_ids(_dtype(tokenizer)) as new:
        new.documents = _encode(corpus, tokenizer, new.write)
        made = new.mapped()
    return Tokens(*made)


def _still_gives(tokenizer: Tokenizer, ids: TokenIds, beginning: str) -> bool:
    """Tell whether a tokenizer makes of a text's beginning what is kept: it may have changed."""
    first = tokenizer.encode(str(beginning))
    return np.array_equal(ids[: len(first)], first)


def _encode(
    corpus: Corpus, tokenizer: Tokenizer, write: Callable[[TokenIds], object]
) -> NDArray[np.int64]:
    """Hand out the ids of a corpus piece by piece; return where its documents begin.

    Raises:
        TokenizerError: An id is beyond the vocabulary.
        CorpusError: The corpus is empty, or another one than its provenance says.
    """
    documents, count = [0], 0
    for piece in _Verified(corpus):
        if isinstance(piece, DocumentStart):
            documents.append(count)
        ids = _within_vocabulary(tokenizer.encode(str(piece)), tokenizer)
        write(ids)
        count += len(ids)
    if not count:
        raise CorpusError("the corpus is empty: there is nothing to train on.")
    return _borders(documents, count)


def _within_vocabulary(ids: TokenIds, tokenizer: Tokenizer) -> TokenIds:
    """Return ids in the type that they are kept in, into which others would be folded in silence.

    Raises:
        TokenizerError: One is beyond the vocabulary.
    """
    size = tokenizer.vocab_size
    if len(ids) and not 0 <= ids.min() <= ids.max() < size:
        raise TokenizerError(
            f"a {type(tokenizer).__name__} with a vocabulary of {size:,} tokens gave the ids "
            f"{ids.min()} to {ids.max()}, and an id must be from 0 to {size - 1:,}. Choose another "
            "--tokenizer, or tell its author."
        )
    return ids.astype(_dtype(tokenizer), copy=False)


@dataclass(frozen=True)
class _Verified:
    """The pieces of a corpus, which are what its provenance says: all is kept by what that says."""

    corpus: Corpus

    def __iter__(self) -> Iterator[str]:
        """Yield them.

        Raises:
            CorpusError: At the end, where they were something else.
        """
        digest = TextDigest()
        for piece in self.corpus:
            digest.add(piece)
            yield piece
        _require_truth(self.corpus.provenance, digest)


def _require_truth(provenance: Provenance, digest: TextDigest) -> None:
    """Refuse a text that is not what its provenance says, with CorpusError."""
    if digest.sha256 != provenance.sha256_text:
        raise CorpusError(
            f"{provenance.locator} gave another text when it was read again. Leave it alone while "
            "textgen reads it, and try again."
        )
    if digest.facts()["sha256_documents"] != provenance.sha256_documents:
        raise CorpusError(
            f"{provenance.locator}: documents do not begin where the source's sha256_documents "
            "says. Tell its author: textgen.corpus_from_chunks makes it true."
        )


def _borders(documents: Iterable[int], count: int) -> NDArray[np.int64]:
    """Return where documents begin that have a token."""
    begins = np.unique(np.fromiter(documents, np.int64))
    return begins[begins < count]


def _dtype(tokenizer: Tokenizer) -> np.dtype[Any]:
    return np.min_scalar_type(max(tokenizer.vocab_size - 1, 0))
