"""Precision: what each device has, and that half of it learns as well as the whole."""

from itertools import accumulate

import pytest
import torch

from textgen.data.batches import StreamBatches
from textgen.errors import DeviceError, UnknownNameError
from textgen.training import devices, precision
from textgen.training.checkpoints import pack, unpack
from textgen.training.options import TrainingOptions
from textgen.training.precision import Precision, resolve_precision
from textgen.training.stepper import Stepper
from textgen_plugins.models.lstm import build_stacked
from textgen_plugins.models.options import StackedLSTMOptions

CPU = torch.device("cpu")
VOCAB = 29


def test_auto_takes_bf16_where_the_processor_has_it(monkeypatch):
    for has, name in [(True, "bf16"), (False, "fp32")]:
        monkeypatch.setattr(precision, "_processor_has_bf16", lambda has=has: has)
        assert resolve_precision("auto", CPU).name == name


def test_what_the_device_lacks_is_refused_with_what_it_has(monkeypatch):
    monkeypatch.setattr(precision, "_processor_has_bf16", lambda: False)
    with pytest.raises(DeviceError, match="precision fp16: cpu computes in fp32"):
        resolve_precision("fp16", CPU)


def stepper_of(name):
    """Over a text in which three tokens may follow each, so that the loss ends near log 3."""
    torch.manual_seed(1)
    model = build_stacked(VOCAB, StackedLSTMOptions(hidden_size=48)).train()
    noise = torch.randint(3, (4000,), generator=torch.Generator().manual_seed(0)).tolist()
    text = list(accumulate(noise, lambda token, drawn: (5 * token + drawn + 1) % VOCAB))
    batches = StreamBatches(torch.tensor(text, dtype=torch.uint8), batch_size=8, length=20, seed=3)
    options = TrainingOptions(learning_rate=0.01)
    return Stepper(model, batches, steps=200, options=options, precision=Precision(name, "cpu"))


needs_bf16 = pytest.mark.skipif(
    not precision._processor_has_bf16(), reason="the processor has no bf16"
)


@needs_bf16
def test_after_200_steps_bf16_has_learned_as_much_as_fp32():
    """The losses are within two hundredths, and every gradient was a number."""
    ends = []
    for name in ("bf16", "fp32"):
        stepper = stepper_of(name)
        for _ in range(180):
            stepper.take()
        stepper.drain_loss()
        for _ in range(20):
            stepper.take()
            assert all(w.grad.isfinite().all() for w in stepper.model.parameters())
        ends.append(stepper.drain_loss())
    assert ends[1] > 0.9
    assert ends[0] == pytest.approx(ends[1], rel=0.02)


@needs_bf16
def test_weights_and_moments_stay_in_float32():
    stepper = stepper_of("bf16")
    stepper.take()
    state = stepper.state()
    kept = [*state["model"].values(), *(m for p in state["optimizer"].values() for m in p.values())]
    assert {tensor.dtype for tensor in kept} == {torch.float32}


@needs_bf16
@pytest.mark.parametrize(("before", "after"), [("bf16", "fp32"), ("fp32", "bf16")])
def test_training_goes_on_in_another_precision(before, after):
    stopped, resumed, whole = stepper_of(before), stepper_of(after), stepper_of(after)
    for _ in range(5):
        stopped.take()
        whole.take()
    resumed.load_state(unpack(pack(stopped.state())))
    for _ in range(5):
        resumed.take()
        whole.take()
    assert resumed.step == 10
    assert resumed.last_loss.item() == pytest.approx(whole.last_loss.item(), rel=0.02)


@pytest.mark.parametrize(
    ("share", "threads"),
    [("max 100000", 8), ("250000 100000", 2), ("50000 100000", 1), ("1600000 100000", 8)],
)
def test_a_container_computes_with_no_more_threads_than_it_may_use(share, threads, tmp_path):
    (tmp_path / "cpu.max").write_text(f"{share}\n")
    assert devices.fitting_threads(8, tmp_path / "cpu.max") == threads


def test_where_no_share_is_told_torch_decides(tmp_path):
    assert devices.fitting_threads(8, tmp_path / "absent") == 8


def test_a_misspelt_precision_is_wrong_usage():
    with pytest.raises(UnknownNameError, match="did you mean 'fp16'"):
        resolve_precision("fp61", CPU)
