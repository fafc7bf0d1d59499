"""Whether two runs came out the same is said exactly: of files, figures and sample."""

from __future__ import annotations

import json
import math

import pytest
from sqlalchemy import select

from textgen.errors import DamagedArtifactError
from textgen_registry import FigureDifference, MetricPoint, same_results
from textgen_registry.database.schema import event
from textgen_registry.reproduction import log_verdict, name_for_again


def tensors(noted="", **content):
    """A safetensors file of bytes by name, with something noted beside them."""
    header, data = {"__metadata__": {"textgen": noted}}, b""
    for name, value in content.items():
        offsets = [len(data), len(data) + len(value)]
        header[name] = {"dtype": "U8", "shape": [len(value)], "data_offsets": offsets}
        data += value
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


FILES = {"last.safetensors": tensors(weight=b"abc"), "tokenizer.json": b"{}"}
FIGURES = [(1, "train_loss", 3.0), (2, "train_loss", 2.5), (2, "seconds", 0.1)]


@pytest.fixture
def ended(registry, make_run):
    """Makes a run that has ended."""

    def make(*, files=FILES, figures=FIGURES, sample="text", status="finished", step=2, **more):
        run = make_run(**more)
        registry.add_metrics(
            run.id, [MetricPoint(step, 0.0, name, value, 7) for step, name, value in figures]
        )
        registry.put_artifacts(run.id, files)
        if sample is not None:
            registry.set_sample(run.id, "prompt", sample)
        how = {"status": status, "step": step, "summary": {}, "reason": status}
        registry.finish_run(run.id, **how, best_loss=2.5, bits_per_char=None)
        return registry.find(run.id)

    return make


@pytest.fixture
def verdict(registry, ended):
    """Judges a run, changed in some way, by one that is not."""

    def judge(original=None, **changed):
        return same_results(registry, original or ended(), ended(**changed))

    return judge


def test_runs_that_left_the_same_are_identical_whatever_their_clocks_said(verdict):
    noted = {**FILES, "last.safetensors": tensors("another time", weight=b"abc")}
    later = [*FIGURES[:2], (2, "seconds", 99.0), (2, "tokens_per_second", 5.0)]
    found = verdict(files=noted, figures=later)
    assert found.identical
    assert found.figures == 2
    assert found.settings == ()
    last, tokenizer = found.files
    assert last.same
    assert last.sha256[0] != last.sha256[1]
    assert tokenizer.sha256[0] == tokenizer.sha256[1]


@pytest.mark.parametrize(
    ("content", "differing"),
    [
        (tensors(weight=b"abd"), ("weight",)),
        (tensors(weight=b"abc", bias=b"x"), ("bias",)),
        (tensors(other=b"abc"), ("other", "weight")),
        (tensors(weight=b"abcd"), ("weight",)),
        (b"no such file", ()),
        (b"", ()),
        ((2).to_bytes(8, "little") + b"[]", ()),
    ],
)
def test_tensors_that_differ_are_named(verdict, content, differing):
    found = verdict(files={**FILES, "last.safetensors": content})
    assert not found.identical
    assert (found.files[0].same, found.files[0].differing) == (False, differing)
    assert found.files[1].same


def test_another_type_of_the_same_bytes_is_another_tensor(verdict):
    signed = FILES["last.safetensors"].replace(b"U8", b"I8")
    assert verdict(files={**FILES, "last.safetensors": signed}).files[0].differing == ("weight",)


def test_a_file_that_is_no_weights_counts_byte_for_byte(verdict):
    found = verdict(files={**FILES, "tokenizer.json": b"{ }"})
    assert [file.same for file in found.files] == [True, False]
    assert not found.identical


def test_a_file_that_only_one_has_is_a_difference(verdict):
    found = verdict(files={"tokenizer.json": b"{}"})
    assert not found.identical
    assert (found.files[0].name, found.files[0].sha256[1]) == ("last.safetensors", None)


def test_where_no_files_were_kept_nothing_is_called_identical(verdict, ended):
    assert not verdict(ended(files={}), files={}).identical


@pytest.mark.parametrize(
    ("figures", "difference", "count"),
    [
        ([(1, "train_loss", 3.0), (2, "train_loss", 2.4)], (2, "train_loss", (2.5, 2.4)), 1),
        ([(2, "train_loss", 2.5)], (1, "train_loss", (3.0, None)), 1),
        ([*FIGURES, (0, "a", 1.0)], (0, "a", (None, 1.0)), 1),
        ([(1, "train_loss", math.nan), (2, "train_loss", 2.0)], None, 2),
    ],
)
def test_the_earliest_figure_that_differs_is_told(verdict, figures, difference, count):
    found = verdict(figures=figures)
    assert not found.identical
    assert found.figures_differing == count
    if difference:
        assert found.first_difference == FigureDifference(*difference)
    else:
        assert repr(found.first_difference.values) == "(3.0, nan)"


def test_a_figure_that_is_no_number_twice_is_the_same(verdict, ended):
    odd = [(1, "loss", math.nan), (2, "loss", math.inf)]
    assert verdict(ended(figures=odd), figures=odd).identical


def test_of_a_run_that_did_not_finish_its_last_step_counts_where_both_have_it(verdict, ended):
    """It may have been stopped before it recorded all of that step, or have gone on from there."""
    stopped = {"status": "interrupted", "sample": None}
    original = ended(**stopped, figures=[(1, "a", 1.0), (2, "a", 2.0), (3, "a", 9.0)])
    assert verdict(original, **stopped, figures=[(1, "a", 1.0), (2, "b", 5.0)]).identical
    assert not verdict(original, **stopped, figures=[(1, "a", 1.0), (2, "a", 5.0)]).identical
    assert not verdict(original, **stopped, figures=[(2, "a", 2.0)]).identical


@pytest.mark.parametrize(
    ("then", "now", "same"),
    [("text", "text", True), ("text", "test", False), ("text", None, False), (None, "text", None)],
)
def test_samples_are_compared_where_the_original_has_one(verdict, ended, then, now, same):
    found = verdict(ended(sample=then), sample=now)
    assert found.sample is same
    assert found.identical is (same is not False)


def test_what_else_differs_is_told(verdict):
    part = {"name": "lstm-stacked", "package": "textgen-framework", "version": "0.2"}
    found = verdict(environment={"python": "3.12", "torch": "2.6"}, parts={"model": part})
    assert found.identical
    differing = {item.key: item.values for item in found.settings}
    assert differing == {
        "environment.python": ("3.11", "3.12"),
        "parts.model.version": ("0.1", "0.2"),
    }


def test_sessions_of_the_original_that_were_not_alike_are_told(registry, ended, verdict):
    original = ended(status="interrupted")
    registry.hold(original.id)
    changed = {**original.environment, "torch": "2.7"}
    registry.resume_run(original.id, 2, environment=changed, parts=original.parts)
    found = verdict(registry.find(original.id))
    assert found.sessions == {"environment.torch": ("2.6", "2.7")}


def test_a_damaged_file_is_not_judged(registry, ended, objects):
    original = ended()
    again = ended(files={"last.safetensors": tensors("later", weight=b"abc")})
    for path in objects():
        path.write_bytes(b"damaged")
    with pytest.raises(DamagedArtifactError):
        same_results(registry, original, again)


def test_a_verdict_is_plain_json(verdict):
    shown = json.loads(json.dumps(verdict(sample="other").as_dict()))
    assert shown["identical"] is False
    assert shown["losses"] == [2.5, 2.5]
    assert {"original", "again", "files", "figures", "settings", "sessions"} <= shown.keys()


def test_the_log_links_the_runs(registry, ended, verdict):
    found = verdict(sample="other")
    log_verdict(registry, found)
    chosen = select(event.c.run_id, event.c.detail).where(event.c.kind == "reproduced")
    ((run_id, detail),) = registry.database.read(lambda c: c.execute(chosen).all())
    assert run_id == found.original.id
    assert (detail["again"], detail["identical"]) == (found.again.id, False)


def test_a_run_that_is_trained_again_gets_a_free_name(registry, make_run):
    first = make_run("alice")
    assert name_for_again(registry, first) == "alice-again"
    make_run("alice-again")
    assert name_for_again(registry, first) == "alice-again-2"
    long = make_run("x" * 80)
    make_run(name_for_again(registry, long))
    make_run(name_for_again(registry, long))
