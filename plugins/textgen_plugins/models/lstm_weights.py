"""An LSTM's weights as a step decoder wants them: everything that can be computed once, is.

A step reads one token of each text. The first layer's input is one of V vectors, so its product
with the input weights is a table with a row per token. In the layers above, input and recurrent
weights act on one vector, the hidden states of two layers side by side. The gates stand in the
order input, forget, output, candidate.

Shapes: R texts, L layers, V vocabulary, H hidden size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

import torch
from torch import Tensor

if TYPE_CHECKING:
    from torch import nn

    from textgen_plugins.models.lstm import LSTMModel


class StepWeights(NamedTuple):
    """What a step multiplies with.

    Attributes:
        hidden_size: H.
        table: What each token adds to the first layer's gates, biases included, ``[V, 4H]``.
        layers: Per layer the matrix that its hidden state (and in upper layers the one below,
            first) is multiplied with, ``[H, 4H]`` for the first, ``[2H, 4H]`` above.
        biases: Per layer above the first, ``[4H]``.
        output: Map to the vocabulary, ``[H, V]``.
        output_bias: ``[V]``.
    """

    hidden_size: int
    table: Tensor
    layers: list[Tensor]
    biases: list[Tensor]
    output: Tensor
    output_bias: Tensor

    def scaled(self, *, logistic: float = 1.0, candidate: float = 1.0) -> StepWeights:
        """Return the weights with what goes into the gates multiplied, by kind of gate."""
        factors = self.table.new_full((4, self.hidden_size), logistic)
        factors[3] = candidate
        gates = factors.flatten()
        return self._replace(
            table=self.table * gates,
            layers=[layer * gates for layer in self.layers],
            biases=[bias * gates for bias in self.biases],
        )


@torch.no_grad()
def step_weights(model: LSTMModel) -> StepWeights:
    """Take the weights out of a model.

    Sums and products are made in float64 on the processor: some devices have no such type.
    """
    device = model.output.weight.device
    layers = [cast("nn.LSTM", layer) for layer in model.layers]
    tokens = torch.arange(model.output.out_features, device=model.output.weight.device)
    features_VxF = model.input(tokens[None])[0]
    matrices: list[Tensor] = []
    biases: list[Tensor] = []
    for layer in layers:
        input_4HxF, recurrent_4HxH, *both = map(_ordered, layer.all_weights[0])
        biases.append(both[0].cpu().double() + both[1].cpu().double())
        joined = (input_4HxF, recurrent_4HxH) if matrices else (recurrent_4HxH,)
        matrices.append(torch.cat(joined, dim=1).t().contiguous())
    first = _ordered(layers[0].all_weights[0][0]).cpu().double()
    table_Vx4H = features_VxF.cpu().double() @ first.t() + biases[0]
    return StepWeights(
        hidden_size=model.output.in_features,
        table=table_Vx4H.float().to(device),
        layers=matrices,
        biases=[bias.float().to(device) for bias in biases[1:]],
        output=model.output.weight.detach().t().contiguous(),
        output_bias=model.output.bias.detach().clone(),
    )


def _ordered(weight: Tensor) -> Tensor:
    """Bring gates from PyTorch's order (input, forget, candidate, output) into ours."""
    input_, forget, candidate, output = weight.detach().chunk(4)
    return torch.cat([input_, forget, output, candidate])
