"""Lines of a TOML file: every key is found where it stands."""

from __future__ import annotations

from scenarios.toml_lines import toml_lines
from tests.small_proposal import line_of

LINES = '''\
# a = 1
a = "x = 1 # not a comment"  # b = 2
"b c".'d.e' = 1
[t]  # [u]
f = """
g = 1 \\""" still
"""
h = { i = 1, j = "}", k.l = [1, 2] }
m = [
  "n = 1",  # ]
  [ "]" ],

  { o = 1 },
]
p = \'\'\'
[q]\'\'\'
r = 2016-04-01 07:00:00
[t.s]
u = """"x"""""
v = 1
'''


def test_every_key_is_found_on_its_line_whatever_stands_in_strings_and_comments() -> None:
    lines = toml_lines(LINES).lines
    expected = {
        ("a",): "a = ",
        ("b c", "d.e"): '"b c"',
        ("t",): "[t]",
        ("t", "f"): "f = ",
        ("t", "h"): "h = ",
        ("t", "h", "i"): "h = ",
        ("t", "h", "k", "l", 1): "h = ",
        ("t", "m"): "m = [",
        ("t", "m", 0): '  "n',
        ("t", "m", 1, 0): '  [ "]',
        ("t", "m", 2, "o"): "  { o",
        ("t", "p"): "p = ",
        ("t", "r"): "r = ",
        ("t", "s"): "[t.s]",
        ("t", "s", "u"): "u = ",
        ("t", "s", "v"): "v = ",
    }
    own = LINES.replace("# a = 1", "# . . .")
    assert {path: lines[path] for path in expected} == {
        path: line_of(own, "\n" + piece) + 1 for path, piece in expected.items()
    }
    assert not {("b",), ("g",), ("q",), ("t", "g"), ("u",)} & set(lines)
