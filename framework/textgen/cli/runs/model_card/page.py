"""What a model card says: data, figures, how to use the weights, how they were made, limits.

It is written for somebody who has the weights and not the registry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textgen.cli.display import duration, figure, local_time, measured
from textgen.cli.runs.model_card.front_matter import front_matter
from textgen.cli.runs.model_card.markdown import code, fence, plain, table
from textgen.cli.values import shown
from textgen_registry import RunRecord, SessionRecord
from textgen_registry.runs.flattening import flat

_LOADING = """\
import safetensors.torch
from textgen_registry import Registry

registry = Registry("path/of/the/registry")
weights = safetensors.torch.load(registry.read_artifact("{run}", "best.safetensors"))"""

Rows = Iterator[tuple[str, str]]


def card_page(run: RunRecord, sessions: Sequence[SessionRecord]) -> str:
    """Return a run's model card.

    Args:
        run: The run.
        sessions: In which it was trained, the first one first.
    """
    sections = [
        ("Data", table(["", ""], _data(run))),
        ("Figures", _figures(run)),
        ("Use", _use(run)),
        ("Sample", _sample(run)),
        ("Parts", _parts(run)),
        ("Settings", table(["setting", "value"], _settings(run))),
        ("Training", table(["", ""], _training(run, sessions))),
        ("Limits", "\n".join(f"- {limit}" for limit in _limits(run))),
    ]
    body = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections)
    return f"{front_matter(run)}\n# {plain(run.name)}\n\n{_introduction(run)}\n\n{body}\n"


def _introduction(run: RunRecord) -> str:
    parameters = run.plan.get("parameters")
    size = f", {parameters:,} parameters" if isinstance(parameters, int) else ""
    title = plain(run.provenance.get("title") or run.source)
    return (
        f"A small text-generation model ({code(run.model)}{size}), trained on *{title}* by "
        f"textgen. Run {code(run.id)}, {plain(run.status)}."
    )


def _data(run: RunRecord) -> Rows:
    training, held_out, test = (
        run.plan.get(f"{part}_tokens") for part in ("training", "validation", "test")
    )
    documents = run.provenance.get("documents", 1)
    yield "source", code(run.source)
    for key in ("title", "origin", "licence", "sha256_text", "sha256_received", "cuts", "notes"):
        yield key.replace("_", " of "), _value(run.provenance.get(key))
    yield "trained on", f"{_count(training)} tokens, {_count(run.plan.get('vocab_size'))} distinct"
    place = "before the test part" if test else "the end of the text"
    yield "held out", f"{_count(held_out)} tokens: {place}, never trained on"
    if test:
        yield "test part", f"{_count(test)} tokens: the end of the text, not in any figure here"
    if documents > 1:
        yield "documents", _count(documents)


def _figures(run: RunRecord) -> str:
    if run.best_loss is None:
        return "No part of the text was held out and measured: how good the model is, is not known."
    rows = [
        ("held-out loss", f"{measured(run.best_loss)} nats per token"),
        ("bits per character", measured(run.bits_per_char)),
        ("perplexity", f"{measured(run.summary.get('perplexity'))} per token"),
        ("at step", _count(run.summary.get("best_step"))),
    ]
    return (
        f"{table(['', ''], rows)}\n\nMeasured on {_measured_part(run)} of the text, each token "
        "scored once and predicted from the text before it. They are the best of all evaluations "
        "of this run, and so a little flattered: the weights were chosen by them."
    )


def _measured_part(run: RunRecord) -> str:
    most = run.config.get("training", {}).get("evaluation_tokens")
    held_out = run.plan.get("validation_tokens")
    if most is None or held_out is None or held_out <= most:
        return "the held-out part"
    return f"the first {most:,} tokens of the held-out part"


def _use(run: RunRecord) -> str:
    lines = [
        f"textgen generate {run.id} --temperature 0.7   # --prompt says what to continue",
        f"textgen evaluate {run.id}",
        f"textgen plugins freeze {run.id}   # the packages that its parts came from",
    ]
    if run.step < (run.plan.get("steps") or 0):
        lines.append(f"textgen resume {run.id}   # its remaining steps")
    return (
        f"With the registry that holds the run:\n\n{fence(chr(10).join(lines), 'console')}\n\n"
        f"Or the weights alone:\n\n{fence(_LOADING.format(run=run.id), 'python')}"
    )


def _sample(run: RunRecord) -> str:
    if run.sample_text is None:
        return "The run has written none."
    return (
        f"The prompt:\n\n{fence(run.sample_prompt or '')}\n\nWhat the model wrote after it, not "
        f"chosen among others:\n\n{fence(run.sample_text)}"
    )


def _parts(run: RunRecord) -> str:
    rows = [
        (plain(kind), *(_value(part.get(key)) for key in ("name", "package", "version")))
        for kind, part in run.parts.items()
    ]
    return table(["part", "name", "package", "version"], rows)


def _settings(run: RunRecord) -> Rows:
    for key, value in flat(run.config):
        yield code(key), _value(value)


def _training(run: RunRecord, sessions: Sequence[SessionRecord]) -> Rows:
    time = run.summary.get("seconds")
    yield "begun", local_time(run.created)
    yield "steps", f"{run.step:,} of {_count(run.plan.get('steps'))}"
    yield "tokens per step", _count(run.plan.get("tokens_per_step"))
    yield "time", "–" if time is None else f"{duration(time)}, evaluations included"
    yield "sessions", str(len(sessions))
    for key, value in run.environment.items():
        yield plain(key.replace("_", " ")), _value(value)


def _limits(run: RunRecord) -> Iterator[str]:
    yield "It is small and has read one text: it imitates that text's style and knows no facts."
    yield (
        "Held out means the end of the same text: the figures tell how well the model continues "
        "this text, and nothing about others."
    )
    licence = plain(run.provenance.get("licence", "unknown"))
    yield (
        "It may repeat passages of its training text word for word. Whether its output may be "
        f"published depends on the text's licence: {licence}."
    )
    yield "What the text says, the model may say: nothing was filtered."
    if run.status != "finished":
        yield f"The run has not finished ({plain(run.status)}): its weights are provisional."


def _value(value: object) -> str:
    text = figure(shown(value))
    return "–" if text == "–" else code(text)


def _count(value: object) -> str:
    return f"{value:,}" if isinstance(value, int | float) else "–"
