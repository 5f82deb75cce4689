"""Reading values out of a config's source text without executing it.

mmengine stores the config of a run as Python text, and its own `Config.fromstring` executes that
text. A checkpoint may come from anywhere, so here the text is only parsed.
"""
from __future__ import annotations

import ast
from typing import Any


def without_templates(text: str) -> str:
    """Source of a config without mmengine's templates, which its texts only seem to hold.

    `Config.fromfile` replaces such as `{{ fileDirname }}` and `{{ _base_.x }}` before Python reads
    the text, in names of folders and classes too; escaped, the same texts hold no such braces.

    Args:
        text: as `Config.pretty_text` gives it, whose `{{` stand in texts and comments alone.
    """
    return text.replace('{{', r'{\x7b')


def read_assignment(text: str, name: str) -> Any:
    """Value of the top-level `name = ...` in `text`; None if it is absent or cannot be parsed."""
    return read_assignments(text).get(name)


def read_assignments(text: str) -> dict[str, Any]:
    """Values of all top-level `name = ...` in `text` by name; none if it cannot be parsed.

    Literals and `dict(key=...)` calls are understood, the form in which mmengine writes configs;
    anything else inside becomes None.
    """
    try:
        return {target.id: _literal(node.value) for node in ast.parse(text).body
                if isinstance(node, ast.Assign)
                for target in node.targets if isinstance(target, ast.Name)}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}


def _literal(node: ast.expr) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, (ast.List, ast.Tuple)):
        return [_literal(item) for item in node.elts]
    if isinstance(node, ast.Dict):
        items = zip(node.keys, node.values, strict=True)
        return {key.value: _literal(value) for key, value in items if isinstance(key, ast.Constant)}
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == 'dict':
        return _dict_call(node)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _literal(node.operand)
        return -value if isinstance(value, (int, float)) else None
    return None


def _dict_call(node: ast.Call) -> dict:
    # mmengine writes keys that are no identifiers as `dict({'a-b': 1})`.
    result: dict = {}
    for argument in node.args:
        value = _literal(argument)
        result.update(value if isinstance(value, dict) else {})
    result.update({word.arg: _literal(word.value) for word in node.keywords if word.arg})
    return result
