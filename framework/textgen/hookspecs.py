"""The contract: every hook that a plugin may implement. Read it as the plugin author's manual.

A plugin is a module named in its distribution's entry-point group ``textgen``:

    [project.entry-points.textgen]
    gru = "textgen_gru"

and marks its hooks with ``@textgen.hookimpl``. A plugin implements any of them; the module should
import nothing heavy, because it is loaded for listings too. The parts' interfaces are described
in `textgen.parts`, the events in `textgen.events`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from textgen.components import Component, KnownPart, Recipe
    from textgen.events import (
        Checkpoint,
        Metrics,
        Progress,
        RunFinished,
        RunStarted,
        SampleWritten,
    )

CONTRACT = "1.0"
"""The version of this contract. A new hook or argument raises the number after the point, and what
is taken away, after a time of warnings, the one before it. A plugin may say which version it was
written for, ``textgen_contract = "1.0"`` in its module; one of another major version, or of a later
minor one than the installed textgen keeps, is set aside with the reason."""

hookspec = pluggy.HookspecMarker("textgen")
hookimpl = pluggy.HookimplMarker("textgen")


@hookspec
def textgen_sources() -> Iterable[Component]:  # type: ignore[empty-body]
    """Yield corpus sources. Factory: ``factory(locator: str, options) -> textgen.Corpus``.

    The locator is what users write after the colon (``alice`` in ``gutenberg:alice``), maybe
    empty. Raise `textgen.LocatorError` for one that can name nothing, `textgen.SourceError` for
    what cannot be had; never return an error page as text.

    A source that keeps texts on this machine, or has a catalogue of them, may name a ``shelf`` in
    its component: ``function(options) -> textgen.Shelf``. Then ``textgen sources list``,
    ``search``, ``fetch``, ``import`` and ``clear`` work with it.
    """


@hookspec
def textgen_tokenizers() -> Iterable[Component]:  # type: ignore[empty-body]
    """Yield tokenizers. Factory: ``factory(options) -> textgen.Tokenizer``."""


@hookspec
def textgen_models() -> Iterable[Component]:  # type: ignore[empty-body]
    """Yield models. Factory: ``factory(vocab_size: int, options) -> torch.nn.Module``.

    Its ``forward(tokens, state=None)`` maps ``[B, T]`` to ``([B, T, V], state)``, as
    `textgen.Model` says. Make parameters on the CPU; the framework seeds torch before the call
    and moves the module to the device after it. Before that it may call the factory on torch's
    ``meta`` device, where tensors take no memory, to learn the model's size.

    A model may offer a quicker way of writing through a method ``step_decoder``, described at
    `textgen.StepDecoder`. One without trainable parameters learns by a method ``fit``, described
    at `textgen.SelfFitting`.
    """


@hookspec
def textgen_samplers() -> Iterable[Component]:  # type: ignore[empty-body]
    """Yield samplers. Factory: ``factory(options) -> textgen.Sampler``."""


@hookspec
def textgen_recipes() -> Iterable[Recipe]:  # type: ignore[empty-body]
    """Yield recipes: settings under a name, which users choose by ``--recipe``.

    Like any name, a recipe's has one provider. ``default``, which fills in what nobody sets, is
    that of the built-in parts: a plugin that yields another one is set aside.
    """


@hookspec
def textgen_known_parts() -> Iterable[KnownPart]:  # type: ignore[empty-body]
    """Yield parts of other packages, for those who ask for one that is not installed.

    A collection may so tell where its siblings are.
    """


@hookspec
def textgen_run_started(event: RunStarted) -> None:
    """Hear that a run, new or resumed, is about to take its first step."""


@hookspec
def textgen_progress(event: Progress) -> None:
    """Hear of progress, a few times a second at most."""


@hookspec
def textgen_metrics(event: Metrics) -> None:
    """Hear of figures worth recording."""


@hookspec
def textgen_checkpoint(event: Checkpoint) -> None:
    """Hear of a checkpoint; its bytes may be stored anywhere."""


@hookspec
def textgen_sample(event: SampleWritten) -> None:
    """Hear of the text that a finished run wrote."""


@hookspec
def textgen_run_finished(event: RunFinished) -> None:
    """Hear that a run has ended: finished, interrupted or failed."""
