"""Rules of tokenizers: what `textgen.Tokenizer` promises."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from textgen.errors import TokenizerError
from textgen.testing.elsewhere import ids_elsewhere
from textgen.testing.rules import BrokenRule, RuleBook, require
from textgen.testing.subjects import Subject
from textgen.testing.texts import (
    LETTERS,
    RHYME,
    chunks_of,
    contrast,
    for_any_text,
    pieces_of,
)

if TYPE_CHECKING:
    from textgen.parts import Tokenizer

RULES = RuleBook()


@RULES
def round_trip(subject: Subject) -> None:
    """A text that was learned is decoded from its ids without a change."""

    def test(text: str) -> None:
        tokenizer = _learned(subject, text)
        _check_round_trip(tokenizer, text)

    test(RHYME)
    for_any_text(test)
    test(LETTERS)
    _check_round_trip(_learned(subject, RHYME), "")


@RULES
def piece_by_piece(subject: Subject) -> None:
    """A text encoded in pieces, cut where a corpus may be, is decoded like one encoded whole."""

    def test(text: str) -> None:
        tokenizer = _learned(subject, text)
        pieces = np.concatenate([tokenizer.encode(piece) for piece in pieces_of(text)])
        whole, back = tokenizer.decode(tokenizer.encode(text)), tokenizer.decode(pieces)
        require(back == whole, f"encoded in pieces, {contrast(whole, back)}")

    test(RHYME)
    for_any_text(test)


@RULES
def ids_in_range(subject: Subject) -> None:
    """Ids are a row of whole numbers from 0 to vocab_size - 1."""

    def test(text: str) -> None:
        tokenizer = _learned(subject, text)
        ids, size = tokenizer.encode(text), tokenizer.vocab_size
        shape, kind = getattr(ids, "shape", None), getattr(ids, "dtype", type(ids).__name__)
        require(
            shape is not None and len(shape) == 1 and getattr(kind, "kind", "") in "iu",
            f"the ids are {kind} of shape {shape}, not one row of whole numbers in a numpy array",
        )
        if len(ids):
            low, high = int(ids.min()), int(ids.max())
            wrong = low if low < 0 else high
            require(0 <= wrong < size, f"{text!r} has the id {wrong}; vocab_size is {size}")

    test(RHYME)
    for_any_text(test)


@RULES
def state(subject: Subject) -> None:
    """Its state is JSON, and one that loads it encodes and decodes alike."""
    tokenizer = _learned(subject, RHYME)
    try:
        stored = json.dumps(tokenizer.state(), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise BrokenRule(f"its state is not of plain JSON values ({error})") from error
    loaded: Tokenizer = subject.make()
    loaded.load_state(json.loads(stored))
    now, then = loaded.vocab_size, tokenizer.vocab_size
    require(now == then, f"vocab_size is {now} after loading the state, and was {then}")
    ids = tokenizer.encode(RHYME)
    require(
        loaded.encode(RHYME).tolist() == ids.tolist(),
        "one that loaded the state encodes the same text to other ids",
    )
    require(
        loaded.decode(ids) == tokenizer.decode(ids),
        "one that loaded the state decodes the same ids to another text",
    )


@RULES
def repeatable(subject: Subject) -> None:
    """The same text, learned twice, gives the same ids."""

    def test(text: str) -> None:
        first, second = (_learned(subject, text).encode(text).tolist() for _ in range(2))
        require(first == second, f"{text!r} learned twice is encoded to other ids")

    test(RHYME)
    for_any_text(test)


@RULES
def same_in_every_process(subject: Subject) -> None:
    """The same text, learned in another process, gives the same ids."""
    here = _learned(subject, RHYME).encode(RHYME).tolist()
    for hash_seed in (1, 2):
        there = ids_elsewhere(subject, chunks_of(RHYME), hash_seed=hash_seed)
        require(
            here == there,
            "learned in another process, a text is encoded to other ids; sets of str, for one, "
            "come in another order in every process",
        )


@RULES
def unknown_text(subject: Subject) -> None:
    """A text that was not learned comes back unchanged, or is a TokenizerError."""
    tokenizer = _learned(subject, RHYME)

    def test(text: str) -> None:
        try:
            ids = tokenizer.encode(text)
        except TokenizerError:
            return
        back = tokenizer.decode(ids)
        require(back == text, f"not learned, {contrast(text, back)}")

    for_any_text(test)


def _learned(subject: Subject, text: str) -> Tokenizer:
    tokenizer: Tokenizer = subject.make()
    tokenizer.learn(chunks_of(text))
    return tokenizer


def _check_round_trip(tokenizer: Tokenizer, text: str) -> None:
    back = tokenizer.decode(tokenizer.encode(text))
    require(back == text, contrast(text, back))
