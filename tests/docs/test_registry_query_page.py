"""docs/registry-query.md: its commands print what it shows, and its expressions find runs."""

import re
from pathlib import Path
from typing import get_args

import pytest

from textgen_registry import MetricPoint, Registry, Status
from textgen_registry.query import language, names, words

PAGE = (Path(__file__).parents[2] / "docs" / "registry-query.md").read_text(encoding="utf-8")
CONSOLE = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
EXPRESSION = re.compile(r"^\| `([^`|]+)` \| [^|]+ \|$", re.MULTILINE)
TABLE = PAGE.partition("## Expressions")[2].partition("An expression is made of")[0]

RUNS = [
    ("broken", "file:b.txt", "gru", {"training": {"learning_rate": 1e-3}}, ["old"], None, None),
    ("frank", "gutenberg:frankenstein", "lstm-single", {"seed": 7}, ["to keep"], 1.6, 2.3),
    ("alice-small", "gutenberg:alice", "lstm-single", {}, ["alice", "old"], 1.346, 1.942),
    ("alice-large", "gutenberg:alice", "lstm-stacked", {}, ["alice"], 1.2, 1.731),
]


def record(registry, name, source, model, config, tags, loss, bits):
    sizes = {"alice-large": 512, "broken": None}
    whole = {**config, "model": {"hidden_size": sizes.get(name, 128)}}
    documents = {key: {} for key in ["parts", "provenance", "environment", "plan"]}
    run = registry.create_run(
        name=name,
        source=source,
        tokenizer="char",
        model=model,
        sampler="stateful",
        config=whole,
        tags=tags,
        **documents,
    )
    if loss is not None:
        registry.add_metrics(run.id, [MetricPoint(1, 1.0, "validation_loss", loss, 0)])
    status = "finished" if loss else "failed"
    figures = {"best_loss": loss, "bits_per_char": bits}
    registry.finish_run(run.id, status=status, step=1, summary={}, reason="", **figures)


@pytest.fixture(scope="module")
def environment(fresh_environment):
    environment = fresh_environment("registry-query-page")
    registry = Registry(environment.folder / "registry")
    for values in RUNS:
        record(registry, *values)
    return environment


def commands():
    for block in CONSOLE.findall(PAGE):
        for command in block.removeprefix("$ ").split("\n$ "):
            line, _, shown = command.partition("\n")
            yield pytest.param(line, shown, id=line)


COMMANDS, EXPRESSIONS = list(commands()), EXPRESSION.findall(TABLE)


@pytest.mark.parametrize(("line", "shown"), COMMANDS)
def test_its_commands_print_what_it_shows(environment, line, shown):
    done = environment.run(f"{line} 2>&1")
    assert [row.rstrip() for row in done.out.splitlines()] == shown.splitlines()


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_its_expressions_are_understood_and_all_names_in_them_known(environment, expression):
    Registry(environment.folder / "registry").runs(where=expression)


def test_it_has_expressions_and_commands():
    assert len(EXPRESSIONS) > 10
    assert len(COMMANDS) == 4


def test_it_names_every_column_and_every_limit():
    told = set(re.findall(r"`([a-z_]+)`", PAGE))
    assert told >= {*names.KNOWN, *get_args(Status)}
    for limit in (words.MOST_CHARACTERS, language.MOST_COMPARISONS, language.DEEPEST):
        assert f"{limit:,}" in PAGE
