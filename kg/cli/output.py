"""Where an answer goes and in which form: the terminal, a pipe, or a file that is there whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from kg.errors import UsageError
from kg.files import write_whole
from kg.results import FORMATS

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


def output_option(command: _Decorated) -> _Decorated:
    return click.option(
        "-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="Write to a file instead."
    )(command)


def format_option(*formats: str) -> Callable[[_Decorated], _Decorated]:
    return click.option(
        "--format", "format_", type=click.Choice(formats), help="Default: table on a terminal, else tsv."
    )


def chosen(format_: str | None, output: Path | None) -> str:
    """The format for rows: the one asked for, else the one the file is named after, else by who reads it."""
    if format_ is not None:
        return format_
    if output is not None and output.suffix[1:] in FORMATS:
        return output.suffix[1:]
    if output is not None and output.suffix:
        raise UsageError(f"no format is called {output.suffix[1:]!r}; say which with --format: {', '.join(FORMATS)}")
    return "table" if output is None and sys.stdout.isatty() else "tsv"


def put(text: str, output: Path | None) -> None:
    """Writes text to standard output, or to a file that appears or changes all at once.

    UsageError when `output` is a folder. What is no file, such as /dev/null, is written to as it is.
    """
    if output is None:
        sys.stdout.write(text)
    elif output.is_dir():
        raise UsageError(f"{output} is a folder; name a file in it")
    elif output.exists() and not output.is_file():
        output.write_text(text, encoding="utf-8", newline="\n")
    else:
        write_whole(output.resolve(), text)  # through a symbolic link, which stays one
