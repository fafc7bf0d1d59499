"""On a CUDA GPU: repeatable, resumable, quick ways that agree with plain ones. Else skipped."""

import dataclasses
import sys
from itertools import accumulate
from types import ModuleType

import pytest
import torch
from torch import nn

from textgen.capturing import captured
from textgen.chosen import Choice
from textgen.components import Component, Kind
from textgen.data.batches import StreamBatches, WindowBatches
from textgen.options import Options
from textgen.plugins.provided import Provided, Provider
from textgen.training.checkpoints import BEST, LAST, unpack
from textgen.training.options import TrainingOptions
from textgen.training.precision import Precision
from textgen.training.stepper import Stepper
from textgen_plugins.models.lstm import build_stacked
from textgen_plugins.models.options import StackedLSTMOptions

pytestmark = pytest.mark.cuda

VOCAB = 29
KINDS = {
    "streams": (StreamBatches, {}),
    "windows": (WindowBatches, {"stride": 7}),
}


def model_of(size, **options):
    return {"use": "lstm-stacked", "hidden_size": size, **options}


def stepper_of(precision, *, capture=True, kind="streams", model=None, **options):
    """A stepper on the GPU over a text in which three tokens may follow each."""
    torch.manual_seed(1)
    model = model or build_stacked(VOCAB, StackedLSTMOptions(hidden_size=64))
    noise = torch.randint(3, (4000,), generator=torch.Generator().manual_seed(0)).tolist()
    tokens = accumulate(noise, lambda token, drawn: (5 * token + drawn + 1) % VOCAB)
    text = torch.tensor(list(tokens), dtype=torch.uint8).cuda()
    make, more = KINDS[kind]
    batches = make(text, batch_size=16, length=20, seed=3, **more)
    training = TrainingOptions(batching=kind, capture=capture, learning_rate=0.01, **options)
    precision = Precision(precision, "cuda")
    return Stepper(model.cuda(), batches, steps=200, options=training, precision=precision)


def losses(stepper, steps):
    """Take steps whose random numbers begin anew, and return their losses."""
    torch.manual_seed(2)
    seen = []
    for _ in range(steps):
        stepper.take()
        seen.append(stepper.last_loss.item())
    return seen


@pytest.mark.parametrize("kind", ["embedding", "one-hot", "scalar"])
@pytest.mark.parametrize("precision", ["fp32", "fp16", "bf16"])
def test_two_runs_of_one_seed_are_the_same_bit_for_bit(settings_for, execute, kind, precision):
    training = {"precision": precision}
    settings = settings_for(device="cuda", model=model_of(64, input=kind), training=training)
    first, second = execute(settings), execute(settings)
    assert first.started.environment["captured"], first.notes
    assert first.files[BEST] == second.files[BEST]
    assert first.sample == second.sample


@pytest.mark.parametrize("stop_at", [1, 13])
@pytest.mark.parametrize("training", [{}, {"batching": "windows", "stride": 9}])
def test_resumed_equals_uninterrupted_on_the_gpu(settings_for, execute, stop_at, training):
    settings = settings_for(device="cuda", training=training)
    whole, part = execute(settings), execute(settings, stop_at=stop_at)
    rest = execute(settings, earlier=part)
    one, other = (unpack(session.files[LAST])["stepper"]["model"] for session in (whole, rest))
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert rest.sample == whole.sample


def test_the_gpu_learns_what_the_cpu_learns(settings_for, execute):
    """Without dropout the two draw nothing differently; only rounding parts them."""
    training = {"precision": "fp32"}
    sessions = [
        execute(settings_for(device=device, model=model_of(32, dropout=0.0), training=training))
        for device in ("cpu", "cuda")
    ]
    curves = [
        {step: v["validation_loss"] for step, v in session.metrics if "validation_loss" in v}
        for session in sessions
    ]
    assert curves[0].keys() == curves[1].keys()
    assert curves[1] == pytest.approx(curves[0], rel=1e-3)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("precision", ["fp32", "fp16", "bf16"])
def test_captured_steps_are_plain_steps(kind, precision):
    """Dropout included: both draw the same random numbers."""
    captured, plain = (stepper_of(precision, capture=c, kind=kind) for c in (True, False))
    assert captured.capture() is None
    assert plain.capture() is None
    assert captured.is_captured
    assert not plain.is_captured
    tolerance = 1e-4 if precision == "fp32" else 2e-2
    steps = captured.batches.steps_per_epoch + 5
    assert losses(captured, steps) == pytest.approx(losses(plain, steps), rel=tolerance)


def test_recording_changes_nothing_that_decides_the_steps_to_come():
    stepper = stepper_of("fp16")
    losses(stepper, 3)
    before = {name: weight.clone() for name, weight in stepper.model.state_dict().items()}
    random = torch.cuda.get_rng_state()
    assert stepper.capture() is None
    assert all(torch.equal(w, before[n]) for n, w in stepper.model.state_dict().items())
    assert torch.equal(torch.cuda.get_rng_state(), random)
    assert stepper.step == 3


@pytest.mark.parametrize("precision", ["fp16", "bf16"])
def test_half_precision_learns_as_well_as_fp32(precision):
    """After 200 steps the losses are within two hundredths."""
    quick, exact = stepper_of(precision), stepper_of("fp32", capture=False)
    quick.capture()
    ends = [sum(losses(stepper, 200)[-20:]) / 20 for stepper in (quick, exact)]
    assert ends[1] > 0.9
    assert ends[0] == pytest.approx(ends[1], rel=0.02)


def test_an_overflow_skips_a_step_and_lowers_the_scale():
    stepper = stepper_of("fp16")
    assert stepper.capture() is None
    losses(stepper, 2)
    stepper._scaler.load_state_dict({**stepper._scaler.state_dict(), "scale": 2.0**40})
    before = [weight.clone() for weight in stepper.model.parameters()]
    losses(stepper, 1)
    assert all(map(torch.equal, before, stepper.model.parameters()))
    assert stepper._scaler.get_scale() == 2.0**39
    losses(stepper, 30)
    assert stepper.is_sound()
    assert not all(map(torch.equal, before, stepper.model.parameters()))


class Waiting(nn.Module):
    """Asks the device for a number in every pass, which no graph can do."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(VOCAB, VOCAB)

    def forward(self, tokens, state=None):
        return self.table(tokens) * (1.0 if tokens.sum().item() >= 0 else 0.0), None


class Counting(Waiting):
    """Does something else in every pass, which a graph would not."""

    passes = 0

    def forward(self, tokens, state=None):
        self.passes += 1
        return self.table(tokens) * self.passes, None


@pytest.mark.parametrize(("model", "why"), [(Waiting, "cannot be captured"), (Counting, "loss")])
def test_a_step_that_cannot_be_captured_is_taken_plainly_and_says_why(model, why):
    stepper = stepper_of("fp32", model=model())
    problem = stepper.capture()
    assert why in problem
    assert not stepper.is_captured
    assert len(losses(stepper, 5)) == 5
    torch.cuda.set_sync_debug_mode("default")
    assert stepper_of("fp16").capture() is None


def test_a_run_tells_why_its_steps_are_not_captured(settings_for, execute, monkeypatch):
    module = ModuleType("waiting_models")
    module.build = lambda vocab_size, options: Waiting()
    monkeypatch.setitem(sys.modules, "waiting_models", module)
    monkeypatch.setattr(sys.modules[__name__], "VOCAB", 22)
    component = Component("waiting", "one that waits", factory="waiting_models:build")
    provided = Provided(Kind.MODEL, component, Provider("p", "textgen-waiting", "1"))
    settings = settings_for(device="cuda")
    choice = Choice("waiting", "", provided, Options())
    settings = dataclasses.replace(settings, parts={**settings.parts, Kind.MODEL: choice})
    heard = execute(settings)
    assert heard.started.environment["captured"] is False
    assert any("cannot be captured" in note for note in heard.notes)
    assert heard.finished.status == "finished"


def test_random_numbers_survive_a_capture_that_fails():
    with pytest.raises(RuntimeError), captured(torch.cuda.CUDAGraph()):
        torch.nn.functional.dropout(torch.ones(3, device="cuda")).sum().item()
    torch.manual_seed(5)
    first = torch.rand(4, device="cuda")
    torch.manual_seed(5)
    assert torch.equal(first, torch.rand(4, device="cuda"))
    assert stepper_of("fp16").capture() is None
