"""Parameters that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

from textgen.cli.completion import complete_part, complete_run, complete_setting

RegistryParam = Annotated[
    str | None,
    typer.Option(
        "--registry",
        envvar="TEXTGEN_REGISTRY",
        metavar="DIR|URL",
        help="Registry: a folder, or a PostgreSQL database (default: in the user's data folder).",
        show_default=False,
    ),
]
JsonParam = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
CsvParam = Annotated[bool, typer.Option("--csv", help="Print comma-separated values.")]
YesParam = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
DryRunParam = Annotated[
    bool, typer.Option("--dry-run", help="Change nothing; say what would be done.")
]
RunParam = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="Id, start of an id, name, or latest; or a model's version, such as alice@best.",
        autocompletion=complete_run,
    ),
]
LocatorParam = Annotated[
    str,
    typer.Argument(
        metavar="LOCATOR",
        help="Such as gutenberg:alice or file:book.txt.",
        autocompletion=complete_part("source"),
    ),
]
DeviceParam = Annotated[
    str | None, typer.Option("--device", help="auto, cpu, cuda, cuda:1, … or mps.")
]
PrecisionParam = Annotated[
    str | None,
    typer.Option("--precision", help="Type to multiply in: auto, fp32, bf16 or fp16."),
]
SetParam = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PART.OPTION=VALUE",
        help="Set an option, such as sampler.top_k=20; repeatable. "
        "Options are listed by: textgen plugins show NAME.",
        autocompletion=complete_setting,
    ),
]
