"""What loading and asking cost, measured on the machine at hand. `command` is `kg bench`."""

from kg.bench.command import command

__all__ = ["command"]
