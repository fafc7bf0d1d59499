"""The text that a run writes when it has been trained: what it continues, and how it is written.

Knows nothing of training, nor of who hears of the text.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from typing import TYPE_CHECKING

from textgen.data.material import Material
from textgen.generation.writer import encode_prompt, prompt_at_the_end, write
from textgen.pipeline import TrainedModel, build_sampler
from textgen.settings import RunSettings

if TYPE_CHECKING:
    from textgen.parts import TokenIds

_PROMPT_TOKENS = 100


class RunSample:
    """A run's sample, to be written with whatever weights its model has by then.

    Attributes:
        prompt: What it continues: the text asked for, or the end of the training text.
    """

    def __init__(self, settings: RunSettings, material: Material) -> None:
        """Build the sampler and choose the prompt.

        Raises:
            GenerationError: The prompt is empty, or the tokenizer does not know a part of it.
        """
        self._settings = settings
        self._sampler = build_sampler(settings)
        self._ids = _prompt_ids(settings.sample.prompt, material)
        asked = settings.sample.prompt
        self.prompt = material.tokenizer.decode(self._ids) if asked is None else asked

    def write(self, trained: TrainedModel, should_stop: Callable[[], bool]) -> str | None:
        """Return the text, without the prompt; None where it was broken off.

        Args:
            trained: The model.
            should_stop: Asked after every piece; True breaks it off.
        """
        pieces = write(
            decoder=trained.decoder(),
            tokenizer=trained.tokenizer,
            sampler=self._sampler,
            prompt=self._ids,
            length=self._settings.sample.length,
            seed=self._settings.seed,
            device=trained.device,
        )
        text = "".join(piece for (piece,) in takewhile(lambda _: not should_stop(), pieces))
        return None if should_stop() else text


def _prompt_ids(asked: str | None, material: Material) -> TokenIds:
    if asked is None:
        return prompt_at_the_end(material.tokenizer, material.training_ids, _PROMPT_TOKENS)
    return encode_prompt(material.tokenizer, asked)
