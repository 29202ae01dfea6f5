"""The small changes that can break a module: comparisons, words, numbers, conditions, rows of tables."""

from __future__ import annotations

import ast
import copy
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
}
OPPOSITES = {"all": "any", "min": "max", "minimum": "maximum", "lowest": "highest", "lower": "upper", "start": "end"}
COMMUTATIVE = frozenset({"min", "max", "minimum", "maximum"})
OPPOSITES |= {b: a for a, b in OPPOSITES.items()}


@dataclass(frozen=True)
class Mutant:
    """A module with one change: its path from the top of the checkout, the line of the change, and the whole text."""

    path: Path
    line: int
    text: str

    def diff(self, original: str) -> str:
        lines = difflib.unified_diff(original.splitlines(), self.text.splitlines(), n=0, lineterm="")
        return "\n".join(f"    {line}" for line in list(lines)[3:])


class Breaker(ast.NodeVisitor):
    """Collects changes: pairs of a node and what to write in its place, all of which one change needs.

    Types, docstrings and the sentences of errors are left alone.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.found: list[list[tuple[ast.AST, ast.AST]]] = []
        #: Members of enumerations (`Rel.SUB`) that occur in the module, by the name before the dot.
        self._members: dict[str, list[str]] = {}
        for node in ast.walk(tree):
            match node:
                case ast.Attribute(value=ast.Name(id=owner), attr=attr) if attr.isupper():
                    members = self._members.setdefault(owner, [])
                    if attr not in members:
                        members.append(attr)
        self.visit(tree)

    def _replace(self, node: ast.AST, **changed: Any) -> None:
        new = copy.copy(node)
        for name, value in changed.items():
            setattr(new, name, value)
        self.found.append([(node, new)])

    def _body(self, node: ast.Module | ast.ClassDef | ast.FunctionDef) -> None:
        skip = 1 if ast.get_docstring(node, clean=False) is not None else 0
        for statement in node.body[skip:]:
            self.visit(statement)

    visit_Module = _body  # noqa: N815
    visit_ClassDef = _body  # noqa: N815

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for default in [*node.args.defaults, *filter(None, node.args.kw_defaults)]:
            self.visit(default)
        self._body(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            self.visit(node.value)

    def visit_Raise(self, node: ast.Raise) -> None:
        self.found.append([(node, ast.Pass())])

    def visit_Assert(self, node: ast.Assert) -> None:
        """An assert tells the type checker what cannot be otherwise."""

    def visit_Import(self, node: ast.Import) -> None: ...

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None: ...

    def visit_Return(self, node: ast.Return) -> None:
        if node.value and not (isinstance(node.value, ast.Constant) and node.value.value is None):
            self._replace(node, value=ast.Constant(None))
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.found.append([(node, ast.Pass())])
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        self.found.append([(node, ast.Pass())])
        self.generic_visit(node)

    def visit_If(self, node: ast.If | ast.IfExp | ast.While) -> None:
        self._replace_condition(node.test)
        self.generic_visit(node)

    visit_IfExp = visit_If  # noqa: N815
    visit_While = visit_If  # noqa: N815

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for condition in node.ifs:
            self._replace_condition(condition)
            self.found.append([(condition, ast.Constant(True))])
        self.generic_visit(node)

    def _replace_condition(self, node: ast.expr) -> None:
        # A comparison, an "and" or a "not" is turned round where it is visited.
        if not isinstance(node, ast.Compare | ast.UnaryOp):
            self.found.append([(node, ast.UnaryOp(ast.Not(), node))])

    def visit_Compare(self, node: ast.Compare) -> None:
        for i, operator in enumerate(node.ops):
            for other in COMPARED[type(operator)]:
                self._replace(node, ops=[*node.ops[:i], other(), *node.ops[i + 1 :]])
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        self._replace(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
        for i in range(len(node.values)):
            rest = [*node.values[:i], *node.values[i + 1 :]]
            self.found.append([(node, rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest))])
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        self._replace(node, op=COMPUTED[type(node.op)]())
        if isinstance(node.op, ast.BitAnd | ast.BitOr):
            self.found += [[(node, node.left)], [(node, node.right)]]
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        self.found.append([(node, node.operand)])
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        match node.value:
            case bool():
                self._replace(node, value=not node.value)
            case int() | float():
                self._replace(node, value=node.value + 1)
                self._replace(node, value=node.value - 1)
            case str():
                self._replace(node, value=f"{node.value}?")

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self.found.append([(node, ast.Constant("?"))])

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if other := OPPOSITES.get(node.attr):
            self._replace(node, attr=other)
        match node.value:
            case ast.Name(id=owner) if node.attr.isupper():
                members = self._members[owner]
                if len(members) > 1:
                    self._replace(node, attr=members[(members.index(node.attr) + 1) % len(members)])
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if (other := OPPOSITES.get(node.id)) and other in ("all", "any", "min", "max"):
            self._replace(node, id=other)

    def visit_Call(self, node: ast.Call) -> None:
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        starred = any(isinstance(arg, ast.Starred) for arg in node.args)
        if len(node.args) > 1 and not starred and called not in COMMUTATIVE:
            self._replace(node, args=[node.args[1], node.args[0], *node.args[2:]])
        for i, keyword in enumerate(node.keywords):
            if keyword.arg:
                self._replace(node, keywords=[*node.keywords[:i], *node.keywords[i + 1 :]])
        self.generic_visit(node)

    def visit_Tuple(self, node: ast.Tuple | ast.List | ast.Set) -> None:
        """Rows of a table: each left out, each changed places with the next, because the first that holds decides."""
        rows = node.elts
        target = isinstance(getattr(node, "ctx", None), ast.Store)
        if not target and len(rows) > 1 and all(isinstance(row, ast.Tuple | ast.Call | ast.Starred) for row in rows):
            for i, row in enumerate(rows):
                self.found.append([(row, ast.Starred(ast.Tuple([])))])
                if i and isinstance(row, ast.Tuple):
                    self.found.append([(rows[i - 1], row), (row, rows[i - 1])])
        self.generic_visit(node)

    visit_List = visit_Tuple  # noqa: N815
    visit_Set = visit_Tuple  # noqa: N815


def mutants(path: Path, text: str) -> Iterator[Mutant]:
    """Every change of one module, in the order of its lines, none twice."""
    tree = ast.parse(text)
    lines = text.encode().splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    source, seen = text.encode(), {text.encode()}
    for change in sorted(Breaker(tree).found, key=lambda change: getattr(change[0][0], "lineno", 0)):
        changed = source
        for node, new in reversed(change):
            assert isinstance(node, ast.expr | ast.stmt)
            assert node.end_lineno is not None and node.end_col_offset is not None
            begin, end = starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset
            changed = changed[:begin] + _written(new).encode() + changed[end:]
        if changed not in seen:
            seen.add(changed)
            yield Mutant(path, getattr(change[0][0], "lineno", 0), changed.decode())


def _written(node: ast.AST) -> str:
    text = ast.unparse(ast.fix_missing_locations(copy.deepcopy(node)))
    return f"({text})" if isinstance(node, ast.BoolOp | ast.BinOp | ast.Compare | ast.UnaryOp | ast.IfExp) else text
