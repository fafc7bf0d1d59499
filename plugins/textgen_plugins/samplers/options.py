"""Options of the built-in samplers; light, because listings import them."""

from __future__ import annotations

from textgen import Options, option


class StatefulOptions(Options):
    """How the next token is chosen."""

    temperature: float = option(
        0.8, "below 1 favours likely tokens; 0 always takes the likeliest", ge=0
    )
    top_k: int | None = option(None, "choose among the k likeliest only", unit="tokens", ge=1)
    top_p: float | None = option(
        None, "choose among the likeliest that together have this probability", gt=0, le=1
    )


class SlidingWindowOptions(StatefulOptions):
    """How the next token is chosen, and from how much text."""

    window: int = option(100, "how much of the text is read for each token", unit="tokens", ge=1)
