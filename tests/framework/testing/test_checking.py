"""What authors are told: which rule, by what it is broken, and where in their own code."""

import subprocess
import sys

import pytest
from torch import nn

import textgen.testing
from textgen.errors import OptionError, UnknownNameError
from textgen.testing import (
    BrokenRule,
    NotApplicable,
    Rule,
    check,
    rules_of,
    subject_of,
    try_rule,
)
from textgen.testing.subjects import KINDS


@pytest.fixture
def rule_that():
    """Makes a rule of what it is to raise."""

    def make(error):
        def test(subject):
            raise error

        return Rule("odd", "It is odd", test)

    return make


def test_every_public_name_can_be_imported_and_is_explained():
    assert set(textgen.testing._HOMES) == set(textgen.testing.__all__) == set(dir(textgen.testing))
    assert all(getattr(textgen.testing, name).__doc__ for name in textgen.testing.__all__)


@pytest.mark.parametrize("kind", KINDS)
def test_every_rule_has_a_name_of_its_own_and_a_promise_of_one_sentence(kind):
    rules = rules_of(kind)
    assert len({rule.name for rule in rules}) == len(rules) >= 3
    for rule in rules:
        assert rule.name.isprintable()
        assert rule.promise[0].isupper()
        assert not rule.promise.endswith(".")


@pytest.mark.parametrize(
    ("error", "state", "message"),
    [
        (BrokenRule("by this"), "broken", "by this"),
        (NotApplicable("for want of that"), "not applicable", "for want of that"),
        (ValueError("one\ntwo"), "broken", "ValueError: one two"),
        (SystemExit(3), "broken", "SystemExit: 3"),
    ],
)
def test_a_rule_ends_in_one_of_three_ways(error, state, message, rule_that, subject_made_by):
    outcome = try_rule(rule_that(error), subject_made_by("model", None))
    assert (outcome.state, outcome.message) == (state, message)
    told = {"rule": "odd", "promise": "It is odd", "state": state, "message": message}
    assert outcome.as_dict() == told


def test_once_a_basic_rule_is_broken_those_after_it_are_not_tried(subject_made_by):
    """Or an author reads ten faults where there is one."""

    class NoLogits(nn.Module):
        def __init__(self, vocab_size, options):
            super().__init__()

        def forward(self, tokens, state=None):
            return tokens, None

    first, *others = check(subject_made_by("model", NoLogits))
    assert (first.rule.name, first.state) == ("shapes", "broken")
    assert {item.state for item in others} == {"not applicable"}
    assert {item.message for item in others} == {"not tried, since 'shapes' is broken"}


def test_an_interruption_by_the_user_is_none_of_them(rule_that, subject_made_by):
    with pytest.raises(KeyboardInterrupt):
        try_rule(rule_that(KeyboardInterrupt()), subject_made_by("model", None))


FAULTY = """
from torch import nn

class Model(nn.Linear):
    def __init__(self, vocab_size, options):
        super().__init__(3, 4)

    def forward(self, tokens, state=None):
        return super().forward(tokens.float()), None
"""


def test_what_a_part_raises_is_told_with_the_place_in_its_own_code(
    tmp_path, monkeypatch, subject_made_by
):
    """The error arises deep in torch; the author's line is what helps."""
    path = tmp_path / "textgen_faulty.py"
    path.write_text(FAULTY)
    monkeypatch.syspath_prepend(tmp_path)
    subject = subject_made_by("model", "textgen_faulty:Model")
    (rule,) = [rule for rule in rules_of("model") if rule.name == "shapes"]
    told = try_rule(rule, subject).message
    assert told.startswith("RuntimeError: mat1 and mat2 shapes cannot be multiplied")
    assert told.endswith(f"({path}:9)")
    monkeypatch.chdir(tmp_path)
    assert try_rule(rule, subject).message.endswith("(textgen_faulty.py:9)")


def test_a_name_that_nobody_provides_is_refused_with_the_nearest():
    with pytest.raises(UnknownNameError, match=r"no kind of part is called 'modle': .*'model'"):
        subject_of("modle", "lstm-single")
    with pytest.raises(UnknownNameError, match="did you mean 'lstm-single'"):
        subject_of("model", "lstm-singel")
    with pytest.raises(UnknownNameError, match=r"no plugin is named 'buildin': .*'builtin'"):
        subject_of("listener", "buildin")
    with pytest.raises(OptionError, match="'lstm-single' has no option 'hidden'"):
        subject_of("model", "lstm-single", {"hidden": 3})


def in_a_new_process(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert not done.stderr
    return done.stdout


def test_the_kit_costs_nothing_until_it_is_used():
    loaded = in_a_new_process(
        "import sys, textgen.testing, textgen.testing.pytest_plugin\n"
        "print(*{'torch', 'numpy', 'pydantic', 'hypothesis'} & set(sys.modules))"
    )
    assert loaded == "\n"


def test_the_pytest_plugin_imports_the_packages_that_it_lies_in_and_no_more():
    loaded = in_a_new_process(
        "import sys, textgen.testing.pytest_plugin\n"
        "print(*sorted(name for name in sys.modules if name.partition('.')[0] == 'textgen'))"
    )
    assert loaded.split() == ["textgen", "textgen.testing", "textgen.testing.pytest_plugin"]


def test_without_hypothesis_it_is_said_what_to_install():
    told = in_a_new_process(
        "import sys\n"
        "sys.modules['hypothesis'] = None\n"
        "from textgen.errors import TextgenError\n"
        "from textgen.testing import rules_of\n"
        "print(len(rules_of('source')))\n"
        "try: rules_of('tokenizer')\n"
        "except TextgenError as error: print(error)\n"
    )
    assert "pip install 'textgen-framework[testing]'" in told
