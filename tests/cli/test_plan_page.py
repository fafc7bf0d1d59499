"""What is said of a run before it begins."""

import re

import pytest

LOOK = r"\d+ steps of 40 predictions \(\d+\.\d epochs\), about 1 s, about \d+ kB"


def test_a_run_begins_with_how_far_it_goes_and_what_it_takes(tiny):
    assert re.search(LOOK, tiny().err)


def test_a_dry_run_says_in_words_what_would_be_taken(tiny):
    said = tiny("--dry-run", "--max-seconds", 60).err
    assert re.search(LOOK, said)
    assert re.search(r"a step in (fp32|bf16) takes [\d.]+ ms, each of \d+ evaluations", said)
    assert re.search(r"memory: weights [\d.]+ kB, .*for a checkpoint; \d+ .B are free", said)
    assert "training ends after 1 min 0 s at the latest" in said


@pytest.mark.parametrize(
    ("words", "reading"),
    [
        ([], "carries its state along, 10 tokens a step\n"),
        (
            ["--set", "training.batching=windows"],
            "windows of 10 tokens, each from an empty state\n",
        ),
        (["--sampler", "sliding-window"], "a step; the sampler reads the last 100 tokens\n"),
    ],
)
def test_a_dry_run_says_how_much_text_is_read(tiny, words, reading):
    assert reading in tiny("--dry-run", *words).err


def test_a_dry_run_as_json_has_the_estimate(tiny):
    done = tiny("--dry-run", "--json").json
    assert done.keys() == {"settings", "plan", "estimate"}
    estimate, memory = done["estimate"], done["estimate"]["memory"]
    assert estimate["steps"] == done["plan"]["steps"]
    assert estimate["seconds"] == pytest.approx(
        estimate["steps"] * estimate["step_seconds"]
        + estimate["evaluations"] * estimate["evaluation_seconds"]
    )
    assert memory["weights"] == 4 * done["plan"]["parameters"]
    assert memory["total"] < estimate["free_memory"]


def test_a_run_that_does_not_fit_into_the_memory_is_not_recorded(tiny, records, monkeypatch):
    monkeypatch.setattr("textgen.training.estimate.free_bytes", lambda device: 10_000)
    for words in ([], ["--dry-run"]):
        line = tiny(*words).error_line(1)
        assert "10 kB are free" in line
        assert "training.batch_size" in line
    assert records.runs() == []
