"""On a CUDA GPU: repeatable, resumable, and in agreement with the CPU. Skipped without one."""

import pytest
import torch

from textgen.training.checkpoints import BEST, LAST, unpack

pytestmark = pytest.mark.cuda


def model_of(size, **options):
    return {"use": "lstm-stacked", "hidden_size": size, **options}


@pytest.mark.parametrize("kind", ["embedding", "one-hot", "scalar"])
def test_two_runs_of_one_seed_are_the_same_bit_for_bit(settings_for, execute, kind):
    settings = settings_for(device="cuda", model=model_of(64, input=kind))
    assert execute(settings).files[BEST] == execute(settings).files[BEST]


def test_resumed_equals_uninterrupted_on_the_gpu(settings_for, execute):
    settings = settings_for(device="cuda")
    whole, part = execute(settings), execute(settings, stop_at=13)
    rest = execute(settings, earlier=part)
    one, other = (unpack(session.files[LAST])["stepper"]["model"] for session in (whole, rest))
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert rest.sample == whole.sample


def test_the_gpu_learns_what_the_cpu_learns(settings_for, execute):
    """Without dropout the two draw nothing differently; only rounding parts them."""
    sessions = [
        execute(settings_for(device=device, model=model_of(32, dropout=0.0)))
        for device in ("cpu", "cuda")
    ]
    curves = [
        {step: v["validation_loss"] for step, v in session.metrics if "validation_loss" in v}
        for session in sessions
    ]
    assert curves[0].keys() == curves[1].keys()
    assert curves[1] == pytest.approx(curves[0], rel=1e-3)
