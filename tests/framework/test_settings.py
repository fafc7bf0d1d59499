"""Settings: layers, their order, and what is refused."""

import pytest

from textgen.components import Kind
from textgen.errors import OptionError, UnknownNameError, UsageError
from textgen.layers import lay_flags, layer_from_assignments, merge_layers
from textgen.settings import resolve, resolve_some

DEFAULT = {
    "source": "pydoc:topics",
    "tokenizer": "char",
    "model": "lstm-stacked",
    "sampler": "stateful",
}


def test_later_layers_win(plugins):
    settings = resolve(
        plugins, [DEFAULT, {"model": {"hidden_size": 8}}, {"model": {"hidden_size": "16"}}]
    )
    assert settings.parts[Kind.MODEL].options.hidden_size == 16


def test_settings_survive_their_record(plugins):
    """A recorded configuration resolves to the same settings: what resume and generate rely on."""
    first = resolve(plugins, [DEFAULT, {"training": {"epochs": 3}, "seed": 5, "device": "cpu"}])
    assert resolve(plugins, [first.as_dict()]).as_dict() == first.as_dict()


def test_another_part_keeps_the_options_it_also_has_and_drops_the_rest(plugins):
    weaker = {"model": {"use": "lstm-stacked", "num_layers": 3, "input": "scalar"}}
    settings = resolve(plugins, [DEFAULT, weaker, {"model": "lstm-single"}])
    options = settings.parts[Kind.MODEL].options
    assert options.input == "scalar"
    assert not hasattr(options, "num_layers")


def test_the_tutorial_recipe_holds_for_one_layer_too(plugins):
    layers = [DEFAULT, plugins.recipe("tutorial").settings, {"model": "lstm-single"}]
    settings = resolve(plugins, layers)
    assert settings.parts[Kind.MODEL].options.input == "scalar"
    assert settings.training.objective == "last-step"


@pytest.mark.parametrize(
    ("layer", "error", "words"),
    [
        (
            {"model": "lstm-staked"},
            UnknownNameError,
            ["lstm-staked", "did you mean 'lstm-stacked'"],
        ),
        ({"modle": "lstm-stacked"}, OptionError, ["modle", "did you mean 'model'"]),
        ({"epoch": 3}, OptionError, ["epoch", "did you mean 'training.epochs'"]),
        ({"model": {"hiden_size": 3}}, OptionError, ["hiden_size", "'hidden_size'"]),
        (
            {"model": {"hidden_size": "many"}},
            OptionError,
            ["hidden_size", "many", "is no whole number"],
        ),
        (
            {"model": {"hidden_size": 0}},
            OptionError,
            ["hidden_size = 0: must be 1 or more"],
        ),
        ({"training": {"epoch": 1}}, OptionError, ["epoch", "'epochs'", "plugins show training"]),
        ({"training": 3}, OptionError, ["training", "table"]),
        ({"seed": -1}, OptionError, ["setting: seed = -1"]),
        ({"training": {"learning_rate": float("nan")}}, OptionError, ["learning_rate"]),
        (
            {"training": {"objective": "last-step"}},
            OptionError,
            ["last-step", "windows"],
        ),
    ],
)
def test_what_is_wrong_is_named(plugins, layer, error, words):
    with pytest.raises(error) as caught:
        resolve(plugins, [DEFAULT, layer])
    assert caught.value.exit_code == 2
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("text", ["hidden_size=3", "model.hidden_size", "=", ".x=1", "model.=1"])
def test_an_assignment_of_another_form_is_refused(text):
    with pytest.raises(UsageError, match=r"part\.option=value"):
        layer_from_assignments([text])


@pytest.mark.parametrize("text", ["seed=3", "run.seed=3", "device=cpu", "general.device=cpu"])
def test_what_belongs_to_no_part_is_set_by_its_flag(text):
    name, _, value = text.rpartition(".")[2].partition("=")
    with pytest.raises(UsageError, match=f"say --{name} {value}"):
        layer_from_assignments([text])


def test_a_part_may_have_an_option_called_seed():
    assert layer_from_assignments(["model.seed=3"]) == {"model": {"seed": "3"}}


def test_assignments_keep_equals_signs_in_values():
    assert layer_from_assignments(["sample.prompt=a=b"]) == {"sample": {"prompt": "a=b"}}


def test_text_becomes_none_and_tuples(plugins):
    layer = layer_from_assignments(["training.epochs=none", "source.mirrors=/a, /b"])
    settings = resolve(plugins, [DEFAULT, {"source": "gutenberg:alice"}, layer])
    assert settings.training.epochs is None
    assert settings.parts[Kind.SOURCE].options.mirrors == ("/a", "/b")


def test_a_prompt_may_be_the_word_none(plugins):
    layer = layer_from_assignments(["sample.prompt=none"])
    assert resolve(plugins, [DEFAULT, layer]).sample.prompt == "none"


@pytest.mark.parametrize(
    ("text", "value"), [("20", 20), ("6e2", 600.0), ("Alice", "Alice"), ("absent", None)]
)
def test_a_flag_and_an_assignment_may_say_the_same(text, value):
    assert lay_flags({"a": {"b": text}}, {"a": {"b": value}}) == {"a": {"b": value or text}}


@pytest.mark.parametrize(("text", "value"), [("0", 20), ("many", 20), ("none", 0.5), ("Bob", "A")])
def test_a_flag_and_an_assignment_that_differ_are_both_named(text, value):
    with pytest.raises(UsageError) as refusal:
        lay_flags({"training": {"max_seconds": text}}, {"training": {"max_seconds": value}})
    assert f"--max-seconds {value!r}" in str(refusal.value)
    assert f"--set 'training.max_seconds={text}'" in str(refusal.value)


def test_flags_are_laid_beside_assignments_and_leave_them_alone():
    said = {"model": {"hidden_size": "3"}}
    flags = {"model": {"use": "gru"}, "sample": {"length": None, "prompt": ""}}
    layer = lay_flags(said, flags)
    assert layer == {"model": {"hidden_size": "3", "use": "gru"}, "sample": {"prompt": ""}}
    assert said == {"model": {"hidden_size": "3"}}


def test_merging_leaves_the_layers_alone():
    layer = {"model": {"a": 1}}
    merge_layers(layer, {"model": {"b": 2}})
    assert layer == {"model": {"a": 1}}


def test_a_part_that_is_not_needed_may_be_gone(plugins):
    layers = [{**DEFAULT, "source": "gone:book"}, {"sampler": {"top_k": 3}, "seed": 9}]
    settings = resolve_some(plugins, layers, [Kind.MODEL, Kind.SAMPLER])
    assert settings.parts.keys() == {Kind.MODEL, Kind.SAMPLER}
    assert (settings.parts[Kind.SAMPLER].options.top_k, settings.seed) == (3, 9)
    with pytest.raises(UnknownNameError, match="'gone'"):
        resolve_some(plugins, layers, [Kind.SOURCE])
