"""The LSTM's step decoders on a CUDA GPU, against ``forward`` in float64 on the CPU."""

import pytest
import torch

from textgen import kernels_for
from textgen_plugins.models import lstm_steps
from textgen_plugins.models.lstm_steps import FewTextSteps, ManyTextSteps, make_steps
from textgen_plugins.models.lstm_weights import step_weights

pytestmark = pytest.mark.cuda
MODELS = [(1, 11, "embedding"), (2, 256, "embedding"), (3, 40, "one-hot"), (2, 33, "scalar")]
every_model = pytest.mark.parametrize("shape", MODELS, ids=str)


@pytest.fixture
def kernels():
    found = kernels_for(lstm_steps._kernels, torch.device("cuda"))
    if found is None:
        pytest.skip("Triton's kernels do not run here")
    return found


@every_model
@pytest.mark.parametrize("rows", [1, 5])
def test_a_kernel_per_layer_is_exact_to_five_digits(lab, kernels, shape, rows):
    model, texts = lab.model_of(*shape, device="cuda"), lab.texts_of(rows, 40)
    steps = FewTextSteps(step_weights(model), rows, kernels)
    found = lab.stepped_logits(steps, texts.cuda())
    assert lab.relative_error(found, lab.exact_logits(model, texts)) < 1e-5


@every_model
@pytest.mark.parametrize(
    ("dtype", "tolerance"),
    [(torch.float32, 1e-5), (torch.float16, 2e-2), (torch.bfloat16, 2e-2)],
    ids=str,
)
@pytest.mark.parametrize("with_kernels", [True, False])
def test_many_texts_are_exact_to_their_type(lab, kernels, shape, dtype, tolerance, with_kernels):
    model, texts = lab.model_of(*shape, device="cuda"), lab.texts_of(37, 12)
    steps = ManyTextSteps(step_weights(model), 37, dtype, kernels if with_kernels else None)
    found = lab.stepped_logits(steps, texts.cuda())
    assert lab.relative_error(found, lab.exact_logits(model, texts)) < tolerance


@pytest.mark.parametrize("rows", [3, 40])
def test_fresh_texts_begin_anew_and_the_others_go_on(lab, rows):
    model, texts = lab.model_of(2, 33, "embedding", device="cuda"), lab.texts_of(rows, 9)
    steps = make_steps(model, rows, torch.float32)
    lab.stepped_logits(steps, texts.cuda())
    fresh = torch.arange(rows) % 2 == 0
    more = lab.texts_of(rows, 1, seed=1)
    found = steps.step(more[:, 0].cuda(), fresh.cuda())
    gone_on = lab.exact_logits(model, torch.cat([texts, more], dim=1))[:, -1]
    assert lab.relative_error(found[fresh], lab.exact_logits(model, more)[fresh, 0]) < 1e-5
    assert lab.relative_error(found[~fresh], gone_on[~fresh]) < 1e-5


def test_a_model_offers_the_one_that_fits(lab, kernels):
    model = lab.model_of(2, 24, "embedding", device="cuda")
    assert isinstance(make_steps(model, 1, torch.float32), FewTextSteps)
    assert isinstance(make_steps(model, 100, torch.float32), ManyTextSteps)
    assert isinstance(make_steps(model, 1, torch.float16), ManyTextSteps)
