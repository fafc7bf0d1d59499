"""Samplers that break the contract are caught by the names of the rules that they break."""

import itertools

import pytest
import torch

from textgen import Options, option
from textgen.testing import check


class Temperature(Options):
    temperature: float = option(1.0, "how bold", ge=0)


class Plain:
    """A sampler that keeps the contract; each of the others does one thing otherwise."""

    def __init__(self, options):
        self.temperature = getattr(options, "temperature", 1.0)

    def generate(self, decoder, prompt, *, seed):
        generator = self.generator(seed)
        logits, state = decoder.read(prompt)
        for _ in self.steps():
            tokens = self.choose(logits, generator)[:, None]
            yield self.told(tokens)
            logits, state = decoder.read(tokens, state)

    def generator(self, seed):
        return torch.Generator().manual_seed(seed)

    def steps(self):
        return itertools.count()

    def choose(self, logits, generator):
        if self.temperature == 0:
            return logits.argmax(dim=1)
        chances = (logits / self.temperature).softmax(dim=1)
        return torch.multinomial(chances, 1, generator=generator)[:, 0]

    def told(self, tokens):
        return tokens


class GlobalNumbers(Plain):
    """Draws from the random numbers that everybody draws from."""

    def generator(self, seed):
        return None


class OneSeed(Plain):
    """Begins with the same random numbers, whatever the seed."""

    def generator(self, seed):
        return torch.Generator().manual_seed(1)


class AlwaysTheLikeliest(Plain):
    def choose(self, logits, generator):
        return logits.argmax(dim=1)


class HotterThanSaid(Plain):
    def __init__(self, options):
        self.temperature = options.temperature * 1.15


class NeverQuiteZero(Plain):
    def __init__(self, options):
        self.temperature = max(options.temperature, 0.5)


class StopsEarly(Plain):
    def steps(self):
        return range(200)


class OneNumberPerStream(Plain):
    def told(self, tokens):
        return tokens.int()


class CountsFromOne(Plain):
    def told(self, tokens):
        return tokens + 1


@pytest.mark.parametrize(
    ("sampler", "rules"),
    [
        (Plain, set()),
        (GlobalNumbers, {"seeded"}),
        (OneSeed, {"seed matters"}),
        (AlwaysTheLikeliest, {"distribution"}),
        (HotterThanSaid, {"distribution"}),
        (NeverQuiteZero, {"temperature 0 is argmax"}),
        (StopsEarly, {"length"}),
        (OneNumberPerStream, {"length"}),
        (CountsFromOne, {"ids in range", "temperature 0 is argmax", "distribution"}),
    ],
)
def test_a_sampler_breaks_the_rules_that_its_fault_is_about(sampler, rules, broken_rules):
    assert set(broken_rules("sampler", sampler, Temperature)) == rules


class Tau(Options):
    tau: float = option(1.0, "how bold", gt=0)


def test_a_seed_that_does_not_matter_is_caught_whatever_the_temperature_is_called(broken_rules):
    assert set(broken_rules("sampler", OneSeed, Tau)) == {"seed matters"}
    assert broken_rules("sampler", Plain, Tau) == {}


class CutOffs(Temperature):
    top_k: int = option(2, "likeliest tokens to choose among; 0: all", ge=0)
    top_p: float = option(0.9, "chance that they have together", gt=0, le=1)
    min_p: float = option(0.1, "least chance, of the likeliest one's", ge=0, lt=1)


class CutsOff(Plain):
    def __init__(self, options):
        super().__init__(options)
        self.options = options

    def choose(self, logits, generator):
        chances, order = logits.softmax(dim=1).sort(dim=1, descending=True)
        cut = chances.cumsum(dim=1) - chances >= self.options.top_p
        cut |= chances < self.options.min_p * chances[:, :1]
        cut[:, self.options.top_k or None :] = True
        kept = chances.log().masked_fill(cut, -torch.inf)
        return order.gather(1, super().choose(kept, generator)[:, None])[:, 0]


def test_cut_offs_are_off_where_the_softmax_is_asked_for(subject_made_by):
    subject = subject_made_by("sampler", CutsOff, CutOffs)
    assert {item.rule.name: item.message for item in check(subject) if item.state != "kept"} == {}


class AlwaysCuts(CutOffs):
    top_p: float = option(0.9, "chance that they have together", gt=0, lt=1)


def test_a_cut_off_that_is_always_on_leaves_no_softmax_to_compare_with(subject_made_by):
    outcomes = check(subject_made_by("sampler", CutsOff, AlwaysCuts))
    assert {item.rule.name: item.message for item in outcomes if item.state != "kept"} == {
        "distribution": "its option top_p cannot be turned off"
    }


def test_a_sampler_without_a_temperature_may_choose_in_a_way_of_its_own(subject_made_by):
    outcomes = check(subject_made_by("sampler", AlwaysTheLikeliest))
    assert {item.rule.name: item.state for item in outcomes} == {
        "seeded": "kept",
        "seed matters": "not applicable",
        "length": "kept",
        "ids in range": "kept",
        "temperature 0 is argmax": "not applicable",
        "distribution": "not applicable",
    }


def test_at_temperature_0_no_seed_matters(subject_made_by):
    outcomes = check(subject_made_by("sampler", Plain, Temperature, temperature=0))
    told = {item.rule.name: (item.state, item.message) for item in outcomes}
    assert told.pop("seed matters") == (
        "not applicable",
        "it is greedy: of tokens equally likely it takes always the same",
    )
    assert set(told.values()) == {("kept", "")}
