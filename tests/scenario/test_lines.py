"""Lines of keys in TOML texts of every style."""

import tomllib

from takeup.scenario.read.lines import key_lines

TEXT = (
    '''\
# a comment with = and [brackets]
title = "a # b"
long = """
not.a = "key"
""" # after
literal = \'\'\'
it's "'''
    + """[x]'''
dotted . "key 1".'k.2' = { a = 1, b = { c = [1, 2] } }

[table."75+"]
list = [
    "one", # first
    { name = "two", deep = [
        3.5e-2, 2025-01-06T07:00:00Z,
    ] },
]
[[wards]]
name = "A"
[wards.age]
young = 0.5
[[wards]]
name = "B"
[[wards.parts]]
x = 1
[[wards.parts]]
x = 2
"""
)


def test_lines_of_every_style() -> None:
    tomllib.loads(TEXT)
    lines = key_lines(TEXT)
    source = TEXT.splitlines()
    assert source[lines["table", "75+"] - 1] == '[table."75+"]'
    assert {
        path: lines[path]
        for path in (
            ("title",),
            ("long",),
            ("literal",),
            ("dotted", "key 1", "k.2", "b", "c", 1),
            ("table", "75+", "list", 0),
            ("table", "75+", "list", 1, "deep", 1),
            ("wards", 0, "age", "young"),
            ("wards", 1, "name"),
            ("wards", 1, "parts", 1, "x"),
        )
    } == {
        ("title",): 2,
        ("long",): 3,
        ("literal",): 6,
        ("dotted", "key 1", "k.2", "b", "c", 1): 8,
        ("table", "75+", "list", 0): 12,
        ("table", "75+", "list", 1, "deep", 1): 14,
        ("wards", 0, "age", "young"): 20,
        ("wards", 1, "name"): 22,
        ("wards", 1, "parts", 1, "x"): 26,
    }
