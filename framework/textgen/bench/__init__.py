"""Speed, as ratios: plain PyTorch and textgen side by side, in one process and in turn.

Knows no part by name: it measures the model of the default recipe, at the sizes that the figures in
docs/benchmarks.md are for.
"""
