"""YAML → plain texts, lists and mappings that know their lines.

Read from the parser's events, so that no object is ever built, no alias expanded, and nothing resolved by YAML's own
guesses: `on` stays a key, `no` a text, 12:30 what was typed. What a scalar means is for the columns to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from kg.ingest.findings import Findings, Where, shown
from kg.ingest.tables import Row

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_DEPTH = 12
_CORE = "tag:yaml.org,2002:"
_CORE_TAGS = frozenset(_CORE + name for name in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map"))
_PLAIN_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value as typed; `text` is None where it is null or left out."""

    text: str | None
    line: int


@dataclass(slots=True)
class Items:
    """A list."""

    line: int
    nodes: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Keys:
    """A mapping, its keys as typed; `lines` has the line of each."""

    line: int
    nodes: dict[str, Node] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


Node = Scalar | Items | Keys


def read_yaml(text: str, file: str, findings: Findings) -> Keys | None:
    """The mapping that the file holds; None after errors, all of which are reported."""
    if found := _UNPRINTABLE.search(text):
        where = Where(file, text.count("\n", 0, found.start()) + 1)
        findings.unreadable(
            where, f"character U+{ord(found.group()):04X} cannot stand in a text", "delete it; it is invisible"
        )
        return None
    composer = _Composer(file, findings)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if not composer.take(event):
                return None
    except yaml.MarkedYAMLError as failure:
        line = failure.problem_mark.line + 1 if failure.problem_mark else None
        findings.unreadable(
            Where(file, line),
            f"not YAML: {failure.problem or 'it cannot be parsed'}",
            "look for a missing quotation mark, colon or indentation there or in the line above; indent with spaces",
        )
        return None
    except yaml.YAMLError as failure:
        findings.unreadable(Where(file), f"not YAML: {shown(str(failure))}", "save it as plain UTF-8 text")
        return None
    root = composer.root
    if composer.failed:
        return None
    if not isinstance(root, Keys):
        what = "empty" if root is None or root == Scalar(None, root.line) else "a list or a text"
        findings.unreadable(
            Where(file, root.line if root else 1), f"the file is {what}", "write keys and values: “key: value”"
        )
        return None
    return root


def row_of(keys: Keys, file: str) -> Row:
    """A mapping as a row, for the columns to read."""
    values = {name: plain(node) for name, node in keys.nodes.items()}
    return Row(file, keys.line, values, "yaml", keys.lines)


def plain(node: Node) -> Any:
    """A node as the columns read it: a text or None, a list of such, or a mapping (which fits in no column)."""
    if isinstance(node, Scalar):
        return node.text
    return [plain(item) for item in node.nodes] if isinstance(node, Items) else dict.fromkeys(node.nodes)


class _Composer:
    """Builds nodes from events without recursion. `take` returns False when there is no point in going on."""

    def __init__(self, file: str, findings: Findings) -> None:
        self._file, self._findings = file, findings
        self._open: list[Items | Keys] = []
        #: Beside each open mapping: the key whose value comes next, with its line.
        self._keys: list[tuple[str, int] | None] = []
        self.root: Node | None = None
        self.failed = False
        self._refused: set[tuple[int, str]] = set()

    def take(self, event: yaml.Event) -> bool:
        line = event.start_mark.line + 1 if event.start_mark else 1
        match event:
            case yaml.AliasEvent():
                self._refuse(line, "an alias (*) stands in for text typed elsewhere", f"*{event.anchor}")
                self._put(Scalar(None, line), line)
            case yaml.ScalarEvent():
                self._check(event, line)
                null = (event.implicit[0] and event.value in _PLAIN_NULLS) or event.tag == _CORE + "null"
                self._put(Scalar(None if null else event.value, line), line)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._check(event, line)
                if len(self._open) >= _MAX_DEPTH:
                    self._error(line, "nested too deep", "a dossier needs no more than a list of mappings of lists")
                    return False
                node = Items(line) if isinstance(event, yaml.SequenceStartEvent) else Keys(line)
                self._put(node, line)
                self._open.append(node)
                self._keys.append(None)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._open.pop()
                self._keys.pop()
            case yaml.DocumentStartEvent() if self.root is not None:
                self._error(line, "a second YAML document begins (---)", "put each document into a file of its own")
                return False
        return True

    def _put(self, node: Node, line: int) -> None:
        """Hangs a node where it belongs: into the list or mapping that is open, as key or value."""
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if isinstance(parent, Items):
            parent.nodes.append(node)
            return
        pending = self._keys[-1]
        if pending is None:
            self._keys[-1] = (self._key(node, line, parent), line)
            return
        key, key_line = pending
        self._keys[-1] = None
        parent.nodes[key], parent.lines[key] = node, key_line

    def _key(self, node: Node, line: int, parent: Keys) -> str:
        if not isinstance(node, Scalar) or not node.text:
            self._error(line, "a key must be a plain text", "write “key: value”")
            return f"(key of line {line})"
        if node.text in parent.nodes:
            first = parent.lines[node.text]
            self._error(line, f"the key “{shown(node.text)}” occurs twice; first in line {first}", "keep one of them")
        return node.text

    def _check(self, event: yaml.NodeEvent, line: int) -> None:
        """Refuses anchors, and tags that would make anything but texts, lists and mappings."""
        if event.anchor is not None:
            self._refuse(line, "an anchor (&) marks text for use elsewhere", f"&{event.anchor}")
        tag = getattr(event, "tag", None)
        if tag is not None and tag not in _CORE_TAGS:
            self._refuse(line, "a tag (!) asks for an object to be built", tag)

    def _refuse(self, line: int, message: str, value: str) -> None:
        if (line, value) in self._refused:
            return  # a list of ten thousand aliases is one mistake
        self._refused.add((line, value))
        self._error(line, f"{message}: not read here", "type the value itself, or put quotes around it", value)

    def _error(self, line: int, message: str, hint: str, value: str | None = None) -> None:
        self.failed = True
        self._findings.unreadable(Where(self._file, line), message, hint, value=value)
