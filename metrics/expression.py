"""Sums and ratios of named metrics: what a derived definition may say."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache

OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div)


@cache
def names(expression: str) -> tuple[str, ...]:
    """Return the metrics an expression names, in order.

    >>> names("received_online + carried_in")
    ('received_online', 'carried_in')
    """
    return tuple(n.id for n in ast.walk(_parsed(expression)) if isinstance(n, ast.Name))


@cache
def sides(expression: str) -> tuple[str, str]:
    """Return what stands over and under the one division of a ratio.

    >>> sides("(a + b) / c")
    ('a + b', 'c')
    """
    tree = _parsed(expression)
    if not (isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Div)):
        raise ValueError(f"'{expression}': a ratio is one sum divided by another")
    return ast.unparse(tree.left), ast.unparse(tree.right)


def is_sum(expression: str) -> bool:
    """Return whether the expression only adds metrics up, so that its rows are the rows of its parts.

    >>> is_sum("a + b + c"), is_sum("a - b"), is_sum("a / b")
    (True, False, False)
    """
    operators = [n.op for n in ast.walk(_parsed(expression)) if isinstance(n, ast.BinOp)]
    constants = [n for n in ast.walk(_parsed(expression)) if isinstance(n, ast.Constant)]
    return not constants and all(isinstance(op, ast.Add) for op in operators)


def evaluate(expression: str, values: Mapping[str, float | int | None]) -> float | int | None:
    """Return the value of the expression; None when a part is missing or a divisor is zero.

    >>> evaluate("a + b", {"a": 2, "b": 3}), evaluate("a / b", {"a": 2, "b": 0})
    (5, None)
    """
    return _value(_parsed(expression), values)


@cache
def _parsed(expression: str) -> ast.expr:
    tree = ast.parse(expression, mode="eval").body
    for node in ast.walk(tree):
        allowed = isinstance(node, (ast.Name, ast.Load, ast.operator)) or (
            (isinstance(node, ast.BinOp) and isinstance(node.op, OPERATORS))
            or (isinstance(node, ast.Constant) and isinstance(node.value, (int, float)))
        )
        if not allowed:
            raise ValueError(f"'{expression}': only names of metrics, numbers and + - * / may stand in an expression")
    return tree


def _value(node: ast.expr, values: Mapping[str, float | int | None]) -> float | int | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, (int, float)) else None
    if isinstance(node, ast.Name):
        return values[node.id]
    assert isinstance(node, ast.BinOp)
    left, right = _value(node.left, values), _value(node.right, values)
    if left is None or right is None:
        return None
    if isinstance(node.op, ast.Add):
        return left + right
    if isinstance(node.op, ast.Sub):
        return left - right
    if isinstance(node.op, ast.Mult):
        return left * right
    return left / right if right else None
