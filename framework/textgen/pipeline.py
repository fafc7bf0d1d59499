"""From settings to the parts of a run: opened, built, and checked against each other.

Knows how the parts fit together and nothing of any of them by name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.parameter import is_lazy

from textgen.components import Kind
from textgen.corpus import Corpus
from textgen.data.batches import Batches, StreamBatches, WindowBatches
from textgen.errors import TextgenError, TokenizerError, TrainingError
from textgen.generation.decoders import ModuleDecoder
from textgen.parts import Decoder, Sampler, Tokenizer
from textgen.preparation import new_tokenizer, prepare
from textgen.settings import RunSettings
from textgen.training.assessment import Assessment, Measured, Part, assessment_of
from textgen.training.checkpoints import BEST, LAST, TOKENIZER, unpack
from textgen.training.devices import resolve_device
from textgen.training.options import TrainingOptions
from textgen.training.precision import PrecisionName, resolve_precision
from textgen.training.trouble import device_trouble
from textgen.trial import carries_state
from textgen.weightless import without_memory

ReadFile = Callable[[str], bytes | None]
"""Reads a run's file by name; None when the run has no such file."""


@dataclass(frozen=True)
class TrainedModel:
    """What a run left behind, ready to write or to be evaluated."""

    settings: RunSettings
    tokenizer: Tokenizer
    model: nn.Module
    device: torch.device

    @property
    def carries_state(self) -> bool:
        """Whether the model hands out a state to go on from."""
        return carries_state(self.settings, self.model, self.tokenizer.vocab_size)

    def decoder(self, precision: PrecisionName = "fp32") -> Decoder:
        """Return the model as samplers see it.

        Raises:
            DeviceError: The device does not have this precision.
        """
        chosen = resolve_precision(precision, self.device)
        context = None if self.carries_state else self.settings.training.sequence_length
        vocab_size = self.tokenizer.vocab_size
        return ModuleDecoder(self.model, vocab_size, context=context, dtype=chosen.dtype)


def build_model(settings: RunSettings, vocab_size: int, device: torch.device) -> nn.Module:
    """Build the model with weights drawn from the run's seed, and move it to the device.

    Raises:
        PluginError: What the plugin made is no torch module.
    """
    torch.manual_seed(settings.seed)
    choice = settings.parts[Kind.MODEL]
    model = choice.make(vocab_size)
    if not isinstance(model, nn.Module):
        raise choice.broken(f"its factory made a {type(model).__name__}, not a torch.nn.Module")
    return model.to(device)


def sketch_model(settings: RunSettings, vocab_size: int) -> nn.Module | None:
    """Build the model without memory for its weights; None where that cannot be done."""
    try:
        with without_memory():
            model = settings.parts[Kind.MODEL].make(vocab_size)
    except TextgenError:  # building it in earnest tells why, or does without this
        return None
    known = isinstance(model, nn.Module) and not any(map(is_lazy, model.parameters()))
    return model if known else None


def build_sampler(settings: RunSettings) -> Sampler:
    """Build the sampler that the settings name."""
    sampler: Sampler = settings.parts[Kind.SAMPLER].make()
    return sampler


def build_batches(
    options: TrainingOptions,
    tokens: torch.Tensor,
    seed: int,
    documents: NDArray[np.int64] | None = None,
    let_go: Callable[[], object] | None = None,
) -> Batches:
    """Cut the training tokens ``[N]`` into batches.

    Args:
        options: The training options.
        tokens: The training tokens.
        seed: The run's seed.
        documents: Where documents begin, ``[D]``, as far as training.within_documents asks.
        let_go: Gives back the memory of what was read of a mapped file.

    Raises:
        CorpusError: The text is shorter than a window.
    """
    if options.batching == "streams":
        return StreamBatches(
            tokens,
            batch_size=options.batch_size,
            length=options.sequence_length,
            seed=seed,
            let_go=let_go,
        )
    stride = options.stride or (1 if options.objective == "last-step" else options.sequence_length)
    return WindowBatches(
        tokens,
        batch_size=options.batch_size,
        length=options.sequence_length,
        stride=stride,
        seed=seed,
        documents=documents if options.within_documents else None,
        let_go=let_go,
    )


def assess(
    trained: TrainedModel,
    *,
    whole: bool,
    part: Part | None = None,
    watch: Callable[[float], None] = lambda part_done: None,
) -> tuple[Corpus, Assessment, Measured]:
    """Measure a trained model on the corpus that its settings name.

    Args:
        trained: The model.
        whole: Score the whole text, as one that training never saw, rather than a part of it.
        part: Which part; None: the one that its evaluations scored, as far as they did.
        watch: Told again and again how much is done, from 0 to 1.

    Raises:
        TextgenError: The corpus cannot be had, or the tokenizer does not know a part of it.
    """

    def stop_never(part_done: float) -> bool:
        watch(part_done)
        return False

    material = prepare(trained.settings, tokenizer=trained.tokenizer, whole=whole)
    with device_trouble(trained.device):
        assessment = assessment_of(
            trained.model,
            material.tokens.on(trained.device),
            material,
            trained.settings.training,
            carries_state=trained.carries_state,
            part="validation" if whole else part,
            limited=not whole and part is None,
        )
        measured = assessment.measure(stop_never)
    assert measured is not None  # nothing asked it to stop
    return material.corpus, assessment, measured


def load_trained(settings: RunSettings, read: ReadFile, device: str) -> TrainedModel:
    """Load what a run left behind: its best weights, or its last where it has no best yet.

    Args:
        settings: The run's settings.
        read: Reads the run's files.
        device: Where to put the model; ``auto`` chooses.

    Raises:
        TokenizerError: The run has no tokenizer yet.
        TrainingError: The run has no weights yet, or they do not fit.
        DeviceError: The device is not here.
    """
    where = resolve_device(device)
    tokenizer = _load_tokenizer(settings, read)
    with device_trouble(where):
        model = build_model(settings, tokenizer.vocab_size, where)
    try:
        model.load_state_dict(_weights(read))
    except (RuntimeError, LookupError) as error:
        provider = settings.parts[Kind.MODEL].provided.provider
        raise TrainingError(
            f"the run's weights do not fit the model that {provider.package} {provider.version} "
            f"makes now ({' '.join(str(error).split())}). Install the version that the run was "
            "made with: textgen plugins freeze RUN tells."
        ) from error
    return TrainedModel(settings, tokenizer, model.eval(), where)


def _load_tokenizer(settings: RunSettings, read: ReadFile) -> Tokenizer:
    data = read(TOKENIZER)
    if data is None:
        raise TokenizerError(
            "the run has no tokenizer: it ended before it began to train. Begin a new run."
        )
    tokenizer = new_tokenizer(settings)
    with settings.blaming(Kind.TOKENIZER, "taking over its state"):
        tokenizer.load_state(json.loads(data))
    return tokenizer


def _weights(read: ReadFile) -> Mapping[str, torch.Tensor]:
    best = read(BEST)
    if best is not None:
        weights: Mapping[str, torch.Tensor] = unpack(best)
        return weights
    last = read(LAST)
    if last is None:
        raise TrainingError(
            "the run has no weights: it ended before its first checkpoint. Begin a new run."
        )
    state = unpack(last)
    weights = state["stepper"]["model"]
    return weights
