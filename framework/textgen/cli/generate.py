"""`textgen generate`: text from a trained run, as it is written."""

from __future__ import annotations

import os
import sys
from itertools import chain
from typing import TYPE_CHECKING, Annotated, cast

import typer

from textgen.cli.aside import each_aside, prints_aside
from textgen.cli.completion import complete_part
from textgen.cli.params import DeviceParam, JsonParam, RegistryParam, RunParam, SetParam
from textgen.cli.workspace import (
    assignments,
    file_reader,
    installed_plugins,
    open_registry,
    recorded_settings,
    tell,
    tell_changes,
)

_BYTES_OF_A_TEXT = 1000

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textgen.settings import RunSettings
    from textgen.training.precision import PrecisionName
    from textgen_registry import RunRecord


def generate(
    run: RunParam,
    prompt: Annotated[
        str | None, typer.Option(help="What to continue (default: the run's own prompt).")
    ] = None,
    length: Annotated[int, typer.Option(min=1, help="Tokens to write.")] = 400,
    temperature: Annotated[
        float | None, typer.Option(help="Below 1 safer, above 1 wilder, 0 the likeliest only.")
    ] = None,
    top_k: Annotated[int | None, typer.Option(help="Choose among the k likeliest.")] = None,
    top_p: Annotated[
        float | None, typer.Option(help="Choose among the likeliest of this probability.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Same seed, same text (default: a new one).")
    ] = None,
    count: Annotated[int, typer.Option(min=1, help="How many texts.")] = 1,
    sampler: Annotated[
        str | None,
        typer.Option(
            help="Another sampler than the run's.", autocompletion=complete_part("sampler")
        ),
    ] = None,
    set_: SetParam = None,
    device: DeviceParam = None,
    precision: Annotated[
        str, typer.Option(help="Type to multiply in: fp32, bf16, fp16 or auto.")
    ] = "fp32",
    registry: RegistryParam = None,
    json: JsonParam = False,
) -> None:
    """Continue a prompt with a trained run's best weights.

    Example: textgen generate latest --prompt "Alice was " --temperature 0.7
    """
    _require_an_end(length)
    records = open_registry(registry)
    record = records.find(run)
    choice = {"temperature": temperature, "top_k": top_k, "top_p": top_p}
    settings = _settings(record, set_, {"use": sampler, **choice})
    text_prompt = (record.sample_prompt or "") if prompt is None else prompt

    from textgen.generation.writer import encode_prompt, write
    from textgen.pipeline import build_sampler, load_trained

    chosen_seed = _new_seed() if seed is None else seed
    with prints_aside():
        trained = load_trained(settings, file_reader(records, record), device or "auto")
        if json or count > 1:
            _require_room(count, length, trained.tokenizer.vocab_size)
        pieces = write(
            decoder=trained.decoder(cast("PrecisionName", precision)),
            tokenizer=trained.tokenizer,
            sampler=build_sampler(settings),
            prompt=encode_prompt(trained.tokenizer, text_prompt),
            length=length,
            seed=chosen_seed,
            device=trained.device,
            count=count,
        )
    pieces = each_aside(_blamed(settings, pieces))
    if json:
        _print_json(record, text_prompt, chosen_seed, pieces)
    elif count == 1:
        _stream(text_prompt, pieces)
    else:
        _print_all(text_prompt, pieces)
    if seed is None and not json:
        tell(f"(the same again: --seed {chosen_seed})")


def _require_an_end(length: int) -> None:
    from textgen.errors import UsageError
    from textgen.training.options import LONGEST_TEXT

    if length > LONGEST_TEXT:
        raise UsageError(
            f"generate --length {length:,}: no text of so many tokens is ever finished. "
            f"Ask for {LONGEST_TEXT:,} at most."
        )


def _require_room(count: int, length: int, vocab_size: int) -> None:
    """Refuse texts that cannot be held in memory, as all are until the last of them is written.

    What is counted they take at the least: a byte for each token, a float for each token that may
    follow, and what is known of a text while it grows.

    Raises:
        GenerationError: There is too little memory.
    """
    import torch

    from textgen.errors import GenerationError
    from textgen.training.memory import free_bytes
    from textgen.units import bytes_text

    needed = count * (length + 4 * vocab_size + _BYTES_OF_A_TEXT)
    free = free_bytes(torch.device("cpu"))
    if free is not None and needed > free:
        raise GenerationError(
            f"--count {count} and --length {length}: what is printed at the end takes at least "
            f"{bytes_text(needed)} of memory, and {bytes_text(free)} are free. Ask for fewer "
            "texts, or for shorter ones."
        )


def _settings(
    record: RunRecord, set_: list[str] | None, flags: dict[str, str | float | None]
) -> RunSettings:
    """Return a run's settings, with what is asked for of the sampler."""
    from textgen.layers import lay_flags

    plugins = installed_plugins()
    layer = lay_flags(assignments(set_, "generate", {"sampler", "tokenizer"}), {"sampler": flags})
    settings = recorded_settings(plugins, record, layer, without="source")
    tell_changes(plugins, record, layer, without="source")
    return settings


def _blamed(settings: RunSettings, pieces: Iterator[list[str]]) -> Iterator[list[str]]:
    """Let an unforeseen error while a text is written be told as that of the part it is."""
    from textgen.components import Kind

    with settings.blaming(Kind.SAMPLER, "writing"):
        yield from pieces


def _new_seed() -> int:
    return int.from_bytes(os.urandom(4), "big") % 2**31


def _stream(prompt: str, pieces: Iterator[list[str]]) -> None:
    from textgen.cli.display import write_piece, write_prompt

    first = next(pieces)  # what can fail has failed before anything is printed
    write_prompt(prompt)
    try:
        for (piece,) in chain([first], pieces):
            write_piece(piece)
    finally:
        sys.stdout.write("\n")


def _texts(pieces: Iterator[list[str]]) -> list[str]:
    return ["".join(parts) for parts in zip(*pieces, strict=True)]


def _print_all(prompt: str, pieces: Iterator[list[str]]) -> None:
    from textgen.cli.display import print_line, print_text

    for number, text in enumerate(_texts(pieces), start=1):
        print_line(f"--- {number} ---")
        print_text(prompt, f"{text}\n")


def _print_json(record: RunRecord, prompt: str, seed: int, pieces: Iterator[list[str]]) -> None:
    from textgen.cli.display import print_json
    from textgen.cli.values import of_run

    print_json({**of_run(record), "prompt": prompt, "seed": seed, "texts": _texts(pieces)})
