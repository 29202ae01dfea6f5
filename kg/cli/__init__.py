"""The command `kg`. `main` is the entry point; one module a noun, and each subcommand in the module of its noun."""

from kg.cli.adding import add, validate
from kg.cli.annotating import annotate
from kg.cli.app import main
from kg.cli.asking import ask, queries, sparql
from kg.cli.checking import check
from kg.cli.demo import demo
from kg.cli.relating import relate
from kg.cli.serving import serve
from kg.cli.showing import export, show, view
from kg.cli.tracing import trace

__all__ = ["main"]

for _command in (demo, add, relate, annotate, queries, ask, sparql, check, trace, show, validate, view, serve, export):
    main.add_command(_command)
