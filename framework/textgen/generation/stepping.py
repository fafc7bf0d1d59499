"""Writing token by token with a step decoder: in a plain loop, or on a GPU many steps at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from textgen.capturing import captured, rehearsal
from textgen.generation.choice import TokenChooser
from textgen.nesting import copy_tensors, map_tensors
from textgen.parts import StepDecoder

_STEPS_AT_ONCE = 16
_LONGEST_SILENCE = 0.05
_STEPS_IN_GRAPH = 64


def write_by_steps(steps: StepDecoder, prompt: Tensor, choose: TokenChooser) -> Iterator[Tensor]:
    """Continue ``prompt``, ``[B, P]``, without end; yield the next tokens, ``[B, K]``."""
    graph = CapturedWriting.of(steps, prompt, choose) if prompt.is_cuda else None
    if graph is not None:
        yield from graph.go_on(prompt)
    logits = read_prompt(steps, prompt)
    while True:
        block: list[Tensor] = []
        begun = time.monotonic()
        while len(block) < _STEPS_AT_ONCE and time.monotonic() - begun < _LONGEST_SILENCE:
            token = choose(logits)
            block.append(token)
            logits = steps.step(token)
        yield torch.stack(block, dim=1)


def read_prompt(steps: StepDecoder, prompt: Tensor) -> Tensor:
    """Read a prompt from the beginning; return the logits ``[B, V]`` of what follows."""
    fresh = torch.ones(len(prompt), dtype=torch.bool, device=prompt.device)
    first, *others = prompt.unbind(dim=1)
    logits = steps.step(first.contiguous(), fresh)
    for tokens in others:
        logits = steps.step(tokens.contiguous())
    return logits


class CapturedWriting:
    """Chooses and reads many tokens in one launch of a CUDA graph."""

    def __init__(self, steps: StepDecoder, prompt: Tensor, choose: TokenChooser) -> None:
        """Capture the steps; what ``steps`` has read until now is lost.

        Raises:
            RuntimeError: The steps cannot be captured.
        """
        self._choose = choose
        self._steps = steps
        texts, device = len(prompt), prompt.device
        self._draws = torch.zeros(_STEPS_IN_GRAPH, texts, device=device)
        self._written = torch.zeros(texts, _STEPS_IN_GRAPH, dtype=torch.int64, device=device)
        self._choose.pick(torch.zeros(1, 2, device=device), self._draws[0, :1])  # finds its kernels
        self._logits = read_prompt(steps, prompt[:, :1]).clone()
        with rehearsal():
            for _ in range(2):
                steps.step(choose.pick(self._logits, self._draws[0]))
        self._graph = torch.cuda.CUDAGraph()
        with captured(self._graph):
            self._write(steps)

    @classmethod
    def of(cls, steps: StepDecoder, prompt: Tensor, choose: TokenChooser) -> CapturedWriting | None:
        """Return the captured steps; None where they cannot be captured."""
        try:
            return cls(steps, prompt, choose)
        except RuntimeError:
            return None

    def go_on(self, prompt: Tensor) -> Iterator[Tensor]:
        """Continue ``prompt``, ``[B, P]``, without end."""
        self._logits.copy_(read_prompt(self._steps, prompt))
        draws = self._choose.draw(_STEPS_IN_GRAPH)
        while True:
            self._draws.copy_(draws)
            self._graph.replay()
            draws = self._choose.draw(_STEPS_IN_GRAPH)  # while the GPU is busy
            yield self._written.clone()

    def _write(self, steps: StepDecoder) -> None:
        logits = self._logits
        for step in range(_STEPS_IN_GRAPH):
            token = self._choose.pick(logits, self._draws[step])
            self._written[:, step] = token
            logits = steps.step(token)
        self._logits.copy_(logits)


class ModuleSteps:
    """The steps of any model that hands out a state, which is kept in the same memory.

    That is what a captured graph needs, and all that this is for. A state that grows, or holds
    more than tensors, is a RuntimeError.
    """

    def __init__(self, model: nn.Module) -> None:
        self._model = model
        self._state: Any = None

    @torch.no_grad()
    def step(self, tokens: Tensor, fresh: Tensor | None = None) -> Tensor:
        """Read a token of each text, ``[R]``; texts begin all together, or none does."""
        logits, state = self._model(tokens[:, None], None if fresh is not None else self._state)
        if self._state is None:
            self._state = map_tensors(Tensor.clone, state)
        else:
            copy_tensors(state, self._state)
        last: Tensor = logits[:, -1]
        return last.float()
