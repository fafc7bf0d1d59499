"""Token ids on a GPU: of every size, and from a mapped file."""

import mmap

import numpy as np
import pytest
import torch

from textgen.data.batches import StreamBatches, WindowBatches
from textgen.data.tokens import Tokens

pytestmark = pytest.mark.cuda


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32])
@pytest.mark.parametrize("kind", [StreamBatches, WindowBatches])
def test_a_gpu_reads_what_the_processor_reads(dtype, kind, tmp_path):
    ids = np.arange(3000).astype(dtype)
    with (tmp_path / "ids").open("w+b") as file:
        file.write(ids.tobytes())
        file.flush()
        mapping = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    tokens = Tokens(np.frombuffer(mapping, dtype), np.zeros(1, np.int64), mapping)
    stride = {"stride": 3} if kind is WindowBatches else {}

    def read(device):
        text = tokens.on(torch.device(device))
        batches = kind(text, batch_size=4, length=10, seed=2, let_go=tokens.let_go, **stride)
        steps = range(batches.steps_per_epoch)
        return [batches.gather(batches.at(step).starts) for step in steps]

    for here, there in zip(read("cpu"), read("cuda"), strict=True):
        assert torch.equal(here[0], there[0].cpu())
        assert torch.equal(here[1], there[1].cpu())
