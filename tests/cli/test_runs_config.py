"""`textgen runs config`: what it prints trains the same run again, whatever the run was."""

import json
import math
import string
import tomllib
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from textgen.cli.toml import toml_text
from textgen.components import Kind
from textgen.errors import OptionError
from textgen.layers import SECTIONS, merge_layers
from textgen.plugins import load_plugins
from textgen.request import with_file
from textgen.settings import resolve

PLUGINS = load_plugins()
AWKWARD = st.sampled_from([*"\"'\\\n\r\t\0\x7f\x85\u2028[]#=😀", "\ud800", "\udcff", "\udfff"])
ANY_CHARACTER = AWKWARD | st.characters()
ANY_TEXT = st.lists(AWKWARD, max_size=3).map("".join) | st.text(max_size=6)

# What lies beneath a file, by whoever provides the recipe `default` then: all that could be null
# in the file is something here.
OTHER_DEFAULTS = {
    "source": {"use": "gutenberg:1", "cache": "elsewhere", "mirrors": ["one"]},
    "tokenizer": {"use": "char", "lowercase": True},
    "model": {"use": "lstm-single", "input": "one-hot"},
    "sampler": {"use": "sliding-window", "top_k": 3, "top_p": 0.5, "window": 7},
    "training": {
        "epochs": 9,
        "patience": 2,
        "stride": 3,
        "max_seconds": 5.0,
        "evaluate_every": 0.5,
        "batching": "windows",
    },
    "sample": {"prompt": "Once"},
    "seed": 99,
    "device": "cuda:7",
}


@pytest.fixture(scope="module")
def read_back(tmp_path_factory):
    """Returns the settings, as ``--config`` reads them, of a file with some text."""
    path = tmp_path_factory.mktemp("config") / "run.toml"

    def read(text):
        path.write_bytes(text.encode("utf-8"))
        return with_file(path, lambda request: list(request.layers))

    return read


def recorded_as(config):
    """A configuration as a record holds it: JSON makes one character of two halves of one."""
    return json.loads(json.dumps(config))


def value_of(name, annotation, rules=()):
    """A strategy for the values of an option, of which some break its rules."""
    if name == "encoding":
        return st.sampled_from(["utf-8", "latin-1", "utf-16"])
    if get_origin(annotation) is Annotated:
        annotation, *rules = get_args(annotation)
    if get_origin(annotation) in (Union, UnionType):
        kinds = get_args(annotation)
        return st.one_of(
            [value_of(name, kind, () if kind is NoneType else rules) for kind in kinds]
        )
    if get_origin(annotation) is Literal:
        return st.sampled_from(get_args(annotation))
    if get_origin(annotation) is tuple:
        return st.lists(ANY_TEXT, max_size=3)
    if annotation in (int, float):
        return st.from_type(Annotated[annotation, *rules]).filter(math.isfinite)
    if annotation in (bool, NoneType):
        return st.from_type(annotation)
    return ANY_CHARACTER if rules else ANY_TEXT


def values_for(options):
    fields = options.model_fields.items()
    return st.fixed_dictionaries(
        {}, optional={name: value_of(name, it.annotation, it.metadata) for name, it in fields}
    )


@st.composite
def asked(draw):
    """What somebody asks of a run with built-in parts, as one layer."""
    layer = {"seed": draw(st.integers(0, 2**63 - 1)), "device": draw(ANY_TEXT)}
    for kind in Kind:
        part = draw(st.sampled_from(PLUGINS.components(kind)))
        locator = f":{draw(ANY_TEXT)}" if kind is Kind.SOURCE else ""
        layer[kind] = {"use": part.name + locator, **draw(values_for(part.component.options))}
    for section in SECTIONS:
        layer[section] = draw(values_for(SECTIONS[section]))
    return layer


@given(asked())
def test_what_is_printed_of_any_run_is_its_configuration(read_back, layer):
    """Also where other defaults lie beneath it than when the run was made."""
    try:
        settings = resolve(PLUGINS, [PLUGINS.recipe("default").settings, layer])
    except OptionError:
        assume(False)
    recorded = recorded_as(settings.as_dict())
    again = read_back(toml_text(recorded))
    assert resolve(PLUGINS, [OTHER_DEFAULTS, *again]).as_dict() == recorded
    assert json.dumps(merge_layers(*again), sort_keys=True) == json.dumps(recorded, sort_keys=True)


PLAIN = ANY_TEXT | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3)
)
NAMES = st.text(string.ascii_lowercase, min_size=1, max_size=4)


@given(st.dictionaries(st.sampled_from([*Kind]), st.dictionaries(NAMES, VALUES, max_size=4)))
def test_options_of_any_plugin_make_the_round_trip(read_back, config):
    """Nulls and lone surrogates anywhere within them, and infinities."""
    config = recorded_as(config)
    assert merge_layers(*read_back(toml_text(config))) == config


def test_a_file_may_be_read_for_what_it_says(textgen, trained):
    shown = textgen("runs", "config", "plain", "--registry", trained)
    assert (shown.code, shown.err) == (0, "")
    content = tomllib.loads(shown.out)
    assert content["model"]["hidden_size"] == 12
    assert content["as_json"]["training.patience"] == "null"
    heading = [line for line in shown.out.splitlines() if line.startswith("#")]
    run = textgen("runs", "show", "plain", "--json", "--registry", trained).json
    assert f"run plain ({run['id']})" in heading[0]
    told = "\n".join(heading)
    version = run["parts"]["model"]["version"]
    assert f"model lstm-stacked of textgen-framework {version}" in told
    assert f"torch {run['environment']['torch']}" in told
    assert run["provenance"]["sha256_text"] in told
    assert "textgen run --config" in told


@pytest.mark.parametrize("recipe", [[], ["--recipe", "tutorial"]], ids=["default", "tutorial"])
def test_the_printed_file_trains_the_same_run_again(tiny, textgen, tmp_path, recipe):
    assert tiny("--name", "first", "--seed", 5, "--prompt", "one, two", *recipe).code == 0
    path = tmp_path / "run.toml"
    path.write_text(textgen("runs", "config", "first").out, encoding="utf-8")
    assert textgen("run", "--config", path, "--name", "second").code == 0
    first, second = (textgen("runs", "show", name, "--json").json for name in ("first", "second"))
    assert second["config"] == first["config"]
    for name in ("best.safetensors", "tokenizer.json"):
        assert sha256(second, name) == sha256(first, name)
    assert (second["sample_prompt"], second["sample_text"]) == ("one, two", first["sample_text"])


def sha256(run, name):
    (found,) = (item["sha256"] for item in run["artifacts"] if item["name"] == name)
    return found


def test_it_is_printed_whatever_has_become_of_the_plugin(textgen, trained, uninstall):
    before = textgen("runs", "config", "plain", "--registry", trained).out
    uninstall("model")
    assert textgen("runs", "config", "plain", "--registry", trained).out == before


def test_an_encoding_that_lacks_characters_leaves_a_file_that_reads_the_same(program, trained):
    words = ["runs", "config", "plain", "--registry", trained]
    escaped = program(*words, PYTHONIOENCODING="ascii").out
    assert escaped.isascii()
    assert tomllib.loads(escaped) == tomllib.loads(program(*words).out)
    assert tomllib.loads(escaped)["tokenizer"]["replacement"] == "\N{REPLACEMENT CHARACTER}"


def test_nothing_that_was_recorded_breaks_out_of_a_comment(textgen, records):
    hostile = "file:x\nseed = 9\r\x1b[31m\udcff"
    part = {"name": hostile, "package": hostile, "version": hostile}
    records.create_run(
        name=None,
        source=hostile,
        tokenizer="char",
        model="m",
        sampler="s",
        config={"source": {"use": hostile}, "seed": 1},
        parts={"source": part},
        provenance={"locator": hostile, "sha256_text": "aa"},
        environment={"platform": hostile},
        plan={},
    )
    shown = textgen("runs", "config", "latest").out
    assert "\x1b" not in shown
    content = tomllib.loads(shown)
    assert content["seed"] == 1
    assert json.loads(content["as_json"]["source.use"]) == hostile


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('"sample.prompt" = "nul"', "as_json: sample.prompt = 'nul': is not JSON"),
        ('"sample.promt" = "null"', "no option 'promt': did you mean 'prompt'?"),
        ('"sample" = "null"', "section 'sample' = None: must be a table"),
        ("seed = 1", "as_json"),
    ],
)
def test_a_mistake_in_what_stands_as_json_is_the_files(textgen, tmp_path, line, told):
    path = tmp_path / "run.toml"
    path.write_text(f"[as_json]\n{line}\n")
    refused = textgen("run", "--config", path).error_line(2)
    assert f"--config {path}: " in refused
    assert told in refused
