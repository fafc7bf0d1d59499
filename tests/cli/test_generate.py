"""Text from a trained run: the same for the same seed, and what a plain loop would write."""

import sys

import pytest
import torch

from textgen.cli.workspace import file_reader, recorded_settings
from textgen.pipeline import load_trained
from textgen.plugins import load_plugins
from textgen_registry import Registry


@pytest.fixture
def generate(textgen, trained):
    return lambda *words: textgen("generate", "plain", "--registry", trained, *words)


def test_the_same_seed_writes_the_same_text(generate):
    one, same, other = (generate("--seed", seed, "--length", 80) for seed in (3, 3, 4))
    assert one.code == 0
    assert one.err == ""
    assert one.out == same.out != other.out


def test_without_a_seed_the_one_used_is_told(generate):
    done = generate("--length", 60)
    seed = done.err.split("--seed ")[1].rstrip(")\n")
    assert generate("--length", 60, "--seed", seed).out == done.out


def test_temperature_0_leaves_nothing_to_chance(generate):
    texts = {generate("--temperature", 0, "--seed", seed, "--length", 60).out for seed in (1, 2)}
    assert len(texts) == 1


def test_the_prompt_is_continued_by_so_many_tokens(generate):
    done = generate("--prompt", "one, two", "--length", 33, "--seed", 1)
    assert done.out.startswith("one, two")
    assert len(done.out) == len("one, two") + 33 + 1


def test_the_runs_own_prompt_is_the_default(generate, textgen, trained):
    prompt = textgen("runs", "show", "plain", "--json", "--registry", trained).json["sample_prompt"]
    assert generate("--length", 5, "--seed", 1).out.startswith(prompt)


def test_count_writes_several_texts_of_which_the_first_is_the_one_alone(generate):
    words = ["--prompt", "one", "--length", 40, "--seed", 9]
    texts = generate(*words, "--count", 3, "--json").json["texts"]
    assert len(set(texts)) == 3
    assert {len(text) for text in texts} == {40}
    assert generate(*words).out == f"one{texts[0]}\n"
    printed = generate(*words, "--count", 3).out
    assert all(f"one{text}" in printed for text in texts)


def test_choosing_among_one_is_choosing_the_likeliest(generate):
    words = ["--length", 60, "--seed", 1]
    likeliest = generate("--temperature", 0, *words).out
    assert generate("--top-k", 1, *words).out == likeliest
    assert generate("--top-p", "1e-9", *words).out == likeliest
    assert generate("--set", "sampler.top_k=1", *words).out == likeliest


def test_another_sampler_keeps_the_options_that_it_has(generate):
    words = ["--length", 60, "--seed", 1, "--sampler", "sliding-window"]
    assert generate(*words, "--set", "sampler.window=3").out != generate(*words).out


@pytest.fixture(scope="module")
def loaded(trained):
    """The run `plain`, its weights and tokenizer loaded."""
    registry = Registry(trained)
    record = registry.find("plain")
    settings = recorded_settings(load_plugins(), record)
    return load_trained(settings, file_reader(registry, record), "cpu")


@pytest.mark.parametrize("prompt", ["one, two", "buckle my shoe; three, four, " * 5])
def test_sliding_window_writes_what_a_plain_loop_writes(generate, loaded, prompt):
    """300 characters at temperature 0, from prompts shorter and longer than the window."""
    sampler = ["--sampler", "sliding-window", "--temperature", 0]
    written = generate(*sampler, "--prompt", prompt, "--length", 300).out
    ids = loaded.tokenizer.encode(prompt).tolist()
    with torch.no_grad():
        for _ in range(300):
            logits, _ = loaded.model(torch.tensor([ids[-100:]]))
            ids.append(int(logits[0, -1].argmax()))
    assert written == loaded.tokenizer.decode(torch.tensor(ids).numpy()) + "\n"


def test_text_appears_as_it_is_written(generate, monkeypatch):
    """Every piece is flushed on its own: nobody waits for the last to read the first."""
    pieces = []
    flush = sys.stdout.flush
    monkeypatch.setattr(sys.stdout, "flush", lambda: (pieces.append(1), flush()))
    generate("--length", 200, "--seed", 1)
    assert len(pieces) >= 200 / 16


def test_a_prompt_with_unknown_characters_prints_no_text(generate):
    line = generate("--prompt", "one # ж").error_line(1)
    assert "U+0023" in line
    assert "'ж'" in line


def test_an_empty_prompt_is_refused(generate):
    assert "--prompt" in generate("--prompt", "").error_line(1)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--temperature", "-1"], "temperature"),
        (["--top-p", "0"], "top_p"),
        (["--length", "0"], "--length"),
        (["--sampler", "slidingwindow"], "sliding-window"),
        (["--set", "sampler.windw=3", "--sampler", "sliding-window"], "window"),
        (["--set", "model.hidden_size=13"], "sampler."),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_what_cannot_be_set_is_refused(generate, words, named):
    assert named in generate(*words).error_line(2)


def test_a_run_without_a_sample_continues_the_end_of_its_training_text(textgen, tiny, rhyme):
    tiny("--length", 0)
    prompt = textgen("generate", "latest", "--length", 5, "--json").json["prompt"]
    text = rhyme.read_text()
    assert prompt == text[: len(text) - int(len(text) * 0.2)][-100:]


def test_a_run_whose_source_is_gone_still_writes(generate, uninstall):
    before = generate("--seed", 3, "--length", 20)
    uninstall("source")
    assert generate("--seed", 3, "--length", 20) == before


@pytest.mark.parametrize("kind", ["tokenizer", "model", "sampler"])
def test_a_part_that_writing_needs_is_named_when_it_is_gone(generate, uninstall, kind):
    uninstall(kind)
    line = generate("--length", 20).error_line(2)
    assert line.startswith("textgen: run plain (")
    assert f"was made with {kind} " in line
