"""Placing a new claim against the graph without storing it: a sentence or columns → what is known of its like.

`kg.check.answer` brings numpy and the rules along; it is imported where it is used.
"""

from kg.check.checked import Checked

__all__ = ["Checked"]
