"""What is asked of the library `tokenizers`: to find merges in a corpus, and to apply them.

It comes with the extra `bpe` and is imported when a tokenizer is made. It writes a byte as a
printable character; here a token is its bytes, and a merge a pair of ids.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from textgen import TokenizerError
from textgen_plugins.tokenizers.interruptible import work_on

Merge = tuple[int, int]

BYTES = [bytes([number]) for number in range(256)]
"""The first 256 tokens."""

LONGEST = 4 * 41
"""The most bytes of a token: no piece of text has more than 41 characters."""


def load() -> Any:
    """Import the library.

    Raises:
        TokenizerError: It is not installed, or cannot be imported.
    """
    try:
        import tokenizers
    except ImportError as error:
        raise TokenizerError(
            f"tokenizer 'bpe' needs the package tokenizers, which cannot be imported ({error}). "
            "Install it: pip install 'textgen-framework[bpe]'"
        ) from error
    return tokenizers


def find_merges(
    library: Any, pieces: Iterable[Sequence[str]], vocab_size: int, min_count: int
) -> list[Merge]:
    """Return the pairs that occur most often in some pieces of text, the most frequent first.

    Args:
        library: What `load` returned.
        pieces: Some at a time; nothing is merged across two. None holds a lone surrogate.
        vocab_size: How many tokens the merges shall lead to, at most.
        min_count: How often a pair must occur.
    """
    tokenizer = library.Tokenizer(library.models.BPE())
    tokenizer.pre_tokenizer = _as_bytes(library)
    trainer = library.trainers.BpeTrainer(
        vocab_size=vocab_size,
        min_frequency=min_count,
        initial_alphabet=library.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    work_on(pieces, lambda taken: tokenizer.train_from_iterator(taken, trainer=trainer))
    return _numbered(json.loads(tokenizer.to_str())["model"]["merges"])


def tokens_of(merges: Iterable[Merge]) -> list[bytes]:
    """Return the bytes of every token, by id; two merges that make the same bytes make one.

    Raises:
        ValueError: A merge is of a token that no earlier one makes, or makes one of more than
            `LONGEST` bytes.
    """
    tokens = list(BYTES)
    known = set(BYTES)
    for left, right in merges:
        if not (0 <= left < len(tokens) and 0 <= right < len(tokens)):
            raise ValueError(f"({left}, {right}) are no two tokens of {len(tokens)}")
        token = tokens[left] + tokens[right]
        if len(token) > LONGEST:
            raise ValueError(f"({left}, {right}) make {len(token)} bytes, more than {LONGEST}")
        if token not in known:
            known.add(token)
            tokens.append(token)
    return tokens


def encoder(
    library: Any, tokens: Sequence[bytes], merges: Iterable[Merge]
) -> Callable[[str], tuple[int, ...]]:
    """Return what gives the ids of a piece of text without lone surrogates."""
    model = library.models.BPE(
        vocab={_written(token): number for number, token in enumerate(tokens)},
        merges=[(_written(tokens[left]), _written(tokens[right])) for left, right in merges],
        cache_capacity=0,  # what the library remembers outlives the tokenizer
    )
    tokenizer = library.Tokenizer(model)
    tokenizer.pre_tokenizer = _as_bytes(library)

    def encode(piece: str) -> tuple[int, ...]:
        return tuple(tokenizer.encode(piece, add_special_tokens=False).ids)

    return encode


def _as_bytes(library: Any) -> Any:
    return library.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)


def _numbered(merges: Iterable[tuple[str, str]]) -> list[Merge]:
    """Return merges of tokens as the library writes them as pairs of ids."""
    ids = {character: number for number, character in enumerate(_ALPHABET)}
    numbered = []
    for left, right in merges:
        numbered.append((ids[left], ids[right]))
        ids.setdefault(left + right, len(ids))
    return numbered


def _written(token: bytes) -> str:
    return "".join(_ALPHABET[byte] for byte in token)


def _alphabet() -> str:
    """Return the character that the library writes for each byte.

    The printable ones of Latin-1 stand for themselves, those from U+0100 on for the others.
    """
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = iter(range(0x100, 0x200))
    return "".join(chr(byte if byte in printable else next(others)) for byte in range(256))


_ALPHABET = _alphabet()
