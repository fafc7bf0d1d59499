"""Rules of samplers: what `textgen.Sampler` promises, tried on a model of pairs of tokens.

Shapes: B streams, K tokens, V tokens in the vocabulary.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from types import NoneType
from typing import get_args

import torch
from torch import Tensor, nn

from textgen.errors import OptionError
from textgen.generation.decoders import ModuleDecoder
from textgen.testing.rules import BrokenRule, NotApplicable, RuleBook, require
from textgen.testing.subjects import Subject

RULES = RuleBook()

_VOCAB = 5
_STREAMS = 3
_LENGTH = 80
_LONG = 400
_MANY_STREAMS = 64
_OFF: Mapping[str, tuple[float, ...]] = {
    "top_k": (_VOCAB, 0),
    "top_p": (1,),
    "typical_p": (1,),
    "min_p": (0,),
    "top_a": (0,),
    "epsilon_cutoff": (0,),
    "eta_cutoff": (0,),
    "repetition_penalty": (1,),
    "presence_penalty": (0,),
    "frequency_penalty": (0,),
}
"""With which values the field's usual options change nothing, by name."""
_FALSE_ALARM = 4.75
"""Standard deviations that chance passes once in a million times."""


@RULES
def seeded(subject: Subject) -> None:
    """The same seed, decoder and prompt give the same tokens, for one stream and for several."""
    for streams in (1, _STREAMS):
        first, second = (_written(subject, streams=streams) for _ in range(2))
        require(
            torch.equal(first, second),
            f"asked twice with one seed, {streams} stream(s) get other tokens",
        )


@RULES
def seed_matters(subject: Subject) -> None:
    """Another seed gives other tokens, where all tokens are equally likely."""
    flat = torch.zeros(_VOCAB, _VOCAB)
    first, second = (_written(subject, table=flat, seed=seed) for seed in (1, 2))
    if torch.equal(first, second) and bool((first == first[:1, :1]).all()):
        raise NotApplicable("it is greedy: of tokens equally likely it takes always the same")
    require(not torch.equal(first, second), "two seeds give the same tokens")


@RULES
def length(subject: Subject) -> None:
    """It yields blocks of tokens [B, K] (int64), K at least 1, without end."""
    written = 0
    for block in _blocks(subject, _table(), _STREAMS, seed=1):
        shape, kind = list(getattr(block, "shape", ())), getattr(block, "dtype", type(block))
        require(
            len(shape) == 2 and shape[0] == _STREAMS and shape[1] >= 1 and kind == torch.int64,
            f"for {_STREAMS} streams it yields {kind} of shape {shape}, not int64 of shape "
            f"[{_STREAMS}, K]",
        )
        written += shape[1]
        if written >= _LONG:
            return
    raise BrokenRule(f"it ends after {written} tokens; how many are wanted is not its business")


@RULES
def ids_in_range(subject: Subject) -> None:
    """Every token is from 0 to V - 1."""
    for tokens in _written(subject, length=_LONG):
        low, high = int(tokens.min()), int(tokens.max())
        wrong = low if low < 0 else high
        require(0 <= wrong < _VOCAB, f"it yields the token {wrong}; V is {_VOCAB}")


@RULES
def temperature_0_is_argmax(subject: Subject) -> None:
    """At temperature 0 each token is the likeliest one."""
    _require_temperature(subject)
    try:
        greedy = subject.with_options({"temperature": 0})
    except OptionError as error:
        raise NotApplicable("its temperature cannot be 0") from error
    likeliest = _table().argmax(dim=1)
    text = torch.cat([_prompt(_STREAMS)[:, -1:], _written(greedy)], dim=1)
    wrong = (text[:, 1:] != likeliest[text[:, :-1]]).any(dim=0).nonzero().flatten().tolist()
    require(not wrong, f"at temperature 0, token {wrong[:1]} is not the likeliest")


@RULES
def distribution(subject: Subject) -> None:
    """At temperature 1 and without cut-offs, tokens come as often as the logits say."""
    _require_temperature(subject)
    plain, table = _without_cut_offs(subject).with_options({"temperature": 1.0}), _table()
    text = _written(plain, streams=_MANY_STREAMS, length=_LONG)
    pairs = (text[:, :-1] * _VOCAB + text[:, 1:]).flatten()
    counts = torch.bincount(pairs, minlength=_VOCAB**2).view(_VOCAB, _VOCAB).double()
    expected = table.double().softmax(dim=1) * counts.sum(dim=1, keepdim=True)
    off = ((counts - expected) ** 2 / expected.clamp(min=1e-9)).sum().item()
    limit = _largest_chi_square(_VOCAB * (_VOCAB - 1))
    require(
        off < limit,
        f"over {len(pairs):,} tokens, chi-square against the softmax of the logits is {off:,.0f}; "
        f"chance alone stays below {limit:.0f}",
    )


def _require_temperature(subject: Subject) -> None:
    if "temperature" not in subject.provided.component.options.model_fields:
        raise NotApplicable("it has no option temperature, so it may choose in a way of its own")


def _without_cut_offs(subject: Subject) -> Subject:
    """Return the sampler with its cut-offs and penalties off: None, or what changes nothing."""
    for name, field in subject.provided.component.options.model_fields.items():
        none = (None,) if NoneType in get_args(field.annotation) else ()
        if values := (*none, *_OFF.get(name, ())):
            subject = _turned_off(subject, name, values)
    return subject


def _turned_off(subject: Subject, name: str, values: tuple[float | None, ...]) -> Subject:
    for value in values:
        with suppress(OptionError):
            return subject.with_options({name: value})
    raise NotApplicable(f"its option {name} cannot be turned off")


def _largest_chi_square(freedom: int) -> float:
    """Return what chi-square passes by chance once in a million (Wilson & Hilferty 1931)."""
    spread = 2 / (9 * freedom)
    return float(freedom * (1 - spread + _FALSE_ALARM * math.sqrt(spread)) ** 3)


class _Pairs(nn.Module):
    """Predicts each token from the one before it, by a table of logits ``[V, V]``."""

    def __init__(self, table: Tensor) -> None:
        super().__init__()
        self.table = nn.Parameter(table)

    def forward(self, tokens: Tensor, state: Tensor | None = None) -> tuple[Tensor, None]:
        return self.table[tokens], None


def _table() -> Tensor:
    """Return logits ``[V, V]`` by which no token is rare and no two are equally likely."""
    return torch.rand(_VOCAB, _VOCAB, generator=torch.Generator().manual_seed(4)) * 3


def _prompt(streams: int) -> Tensor:
    return torch.arange(4).expand(streams, 4).contiguous()


def _blocks(subject: Subject, table: Tensor, streams: int, *, seed: int) -> Iterator[Tensor]:
    decoder = ModuleDecoder(_Pairs(table), _VOCAB, context=1)
    blocks: Iterator[Tensor] = subject.make().generate(decoder, _prompt(streams), seed=seed)
    return blocks


def _written(
    subject: Subject,
    *,
    table: Tensor | None = None,
    streams: int = _STREAMS,
    length: int = _LENGTH,
    seed: int = 1,
) -> Tensor:
    """Return the first ``length`` tokens of each stream, ``[B, length]``; fewer if it stops."""
    written = torch.empty(streams, 0, dtype=torch.int64)
    for block in _blocks(subject, _table() if table is None else table, streams, seed=seed):
        written = torch.cat([written, block], dim=1)
        if written.shape[1] >= length:
            break
    return written[:, :length]
