"""CSV files as spreadsheets save them: lists of points and edge lists, and what is said of them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from studies import experiment_in, study
from takeup.errors import InputError
from takeup.experiments.definition import read_experiment
from takeup.experiments.design import make_points
from takeup.model.world.network import read_edge_list

LIST = 'kind = "list"\nfile = "points.csv"'
HEAD = "services.waste.usability,network.long_ties\n"

POINTS = [
    ("services.waste.usability;run.seed\n0,5;0,6\n", "row 1: ", "semicolons between its cells"),
    ("services.waste.usability\tnetwork.degree\n0.5\t0.6\n", "row 1: ", "tabs between its cells"),
    ("services.waste.usability|network.degree\n0.5|0.6\n", "row 1: ", "bars between its cells"),
    ("sep=,\nnetwork.degree\n0.6\n", "row 1: ", "is for Excel alone"),
    (f'{HEAD}0.5,6\n"0,5","0,6"\n', "row 3: network.long_ties", "has a decimal comma: write 0.6"),
    (f"{HEAD}0,5,0,6\n", "row 2: ", "has 4 cells, and the header has 2; if a comma is a decimal"),
    (f"{HEAD}0.5,0.6,red\n", "row 2: ", "has 3 cells, and the header has 2; give one for each"),
    (f"{HEAD}0.5\n", "row 2: ", "has 1 cells, and the header has 2"),
    (f"{HEAD}50%,0.6\n", "row 2: services.waste.usability", "write 0.5"),
    (f'{HEAD}0.5,"1,234"\n', "row 2: network.long_ties", "write 1_234"),
    (f"{HEAD}0.5,£6\n", "row 2: network.long_ties", "has a currency"),
    ("services.waste.go_live,network.long_ties\n01/06/2026,0.6\n", "row 2: ", "write 2026-06-01"),
    (f"{HEAD}0.5,6\n", "row 2: network.long_ties", "must be a number from 0 to 1, not 6"),
    (f"{HEAD}\n0.5,0.6\n\n0.5,high\n", "row 5: network.long_ties", 'not "high"'),
    ("place.trsut\n0.6\n0.7\n", "row 1: place.trsut", 'did you mean "trust"'),
    ("0.5,0.6\n0.5,0.7\n", "row 1: 0.5 ", "the first row names what the columns hold"),
    ("network.long_ties\n0.5\nnan\n", "row 3: network.long_ties", "from 0 to 1, not nan"),
    ("network.long_ties\n" + "50%\n" * 30, "points.csv: ", "has more mistakes; mend these first"),
    ("network.long_ties,network.long_ties\n0.5,0.6\n", "row 1: ", "heads two columns"),
    ("network.long_ties,,run.seed\n0.5,1,2\n", "row 1: ", "cell 2 is empty"),
    ('network.long_ties\n"0.5\n', "row ", "a quote that is opened is not closed"),
    ("a." * 50 + "b\n1\n", "row 1: ", "has too many parts"),
    (b"\xff\xfe" + HEAD.encode("utf-16-le"), "it ", "is in UTF-16"),
    ("place.name\nGröße\n".encode("latin-1"), "it ", "is not text in UTF-8"),
    (b"PK\x03\x04...", "it ", "is an Excel, Word or zip file"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "where", "words"), POINTS, ids=[row[2] for row in POINTS])
def test_a_list_of_points_is_blamed_for_what_is_wrong_with_it(
    tmp_path: Path, data: str | bytes, where: str, words: str
) -> None:
    file = tmp_path / "points.csv"
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    with pytest.raises(InputError) as caught:
        experiment_in(tmp_path, "", design=LIST)
    found = caught.value.problems
    assert any(where in text and words in text for text in found), found
    assert all(text.startswith(str(file)) for text in found), found  # never the TOML
    assert all(len(text) < 2000 for text in found)


def test_marks_of_a_spreadsheet_that_change_nothing_are_passed_over(tmp_path: Path) -> None:
    data = '\ufeffnetwork.long_ties,run.seed,,\r\n"0.5",1,,\r\n\r\n0.6, 2 ,,\r\n'
    study(tmp_path, "", design=LIST)
    (tmp_path / "points.csv").write_text(data, encoding="utf-8", newline="")
    points = make_points(read_experiment(tmp_path / "study.toml"))
    assert [points.values(p) for p in range(len(points))] == [
        {"network.long_ties": 0.5, "run.seed": 1},
        {"network.long_ties": 0.6, "run.seed": 2},
    ]


EDGES = [
    ("from;to\n1;2\n", "row 1: `from;to` has semicolons between its cells"),
    ("from\tto\n1\t2\n", "has tabs between its cells"),
    ("From,To\n1,2\n", "row 1: must be the header `from,to`, not `From,To`"),
    ("1,2\n", "row 1: must be the header `from,to`, not `1,2`"),
    ("from,to\n1,2.0\n", 'row 2: `to` must be a whole number, is "2.0"\n'),
    ('from,to\n1,"1,000"\n', "write 1_000"),
    ("from,to\n1,2\n\n1;2\n", "row 4: must have 2 columns, has 1"),
    ("from,to\n1," + "9" * 5000 + "\n", "5,000 digits"),
    ('from,to\n1,"2\n', "a quote that is opened is not closed"),
    (b"\xff\xfef\x00r\x00", "is in UTF-16"),
    (b"PK\x03\x04...", "is an Excel, Word or zip file"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "words"), EDGES, ids=[row[1] for row in EDGES])
def test_an_edge_list_is_told_what_is_wrong_with_it(
    tmp_path: Path, data: str | bytes, words: str
) -> None:
    file = tmp_path / "ties.csv"
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    with pytest.raises(InputError) as caught:
        read_edge_list(file, 100)
    assert words in f"{caught.value}\n"
    assert all(text.startswith(str(file)) for text in caught.value.problems)
    assert all(len(text) < 2000 for text in caught.value.problems)


def test_an_edge_list_with_marks_of_a_spreadsheet_is_read(tmp_path: Path) -> None:
    file = tmp_path / "ties.csv"
    file.write_bytes(b'\xef\xbb\xbffrom,to\r\n"1","2"\r\n\r\n 3 , 4 \r\n')
    np.testing.assert_array_equal(read_edge_list(file, 100), [[1, 2], [3, 4]])


@pytest.mark.parametrize("name", ["pipe", "folder", "dangling", "zero"])
def test_what_is_no_ordinary_file_is_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "zero").symlink_to("/dev/zero")
    with pytest.raises(InputError, match=f"{name}: cannot be read: it is"):
        read_edge_list(tmp_path / name, 100)
    with pytest.raises(InputError, match=f"{name}: cannot be read: it is"):
        experiment_in(tmp_path, "", design=f'kind = "list"\nfile = "{name}"')
    with pytest.raises(InputError, match=f"{name}: is"):
        read_experiment(tmp_path / name)


EXPERIMENTS = [
    ({"vary": "network.long_ties = [0,4, 0,6"}, ("no `]` that closes it",)),
    ({"vary": "network.long_ties = [40%, 60%]"}, ("write 0.4", "write 0.6")),
    ({"vary": "network.long_ties = 0.4, 0.6"}, ("network.long_ties",)),
    ({"vary": "network.long_ties = [0.4, 0.6]", "head": "replicates = 2.0"}, ("write 2",)),
    ({"vary": "network.long_ties = [0.4, 0.6]", "head": "runs = 2"}, ("did you mean replicates?",)),
    ({"design": "kind = grid"}, ('write "grid"',)),
    ({"design": "type = 'grid'"}, ("design.kind: is missing",)),
    ({"record": 'kpis = "adoption"'}, ('did you mean ["adoption"]?',)),
    ({"record": r'kpis = "\u001b[31m"'}, (r'not "\x1b[31m"; did you mean ["\x1b[31m"]?',)),
    ({"record": "kpis = [adoption]"}, ('write "adoption"',)),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "words"), EXPERIMENTS)
def test_an_experiment_is_read_as_a_scenario_is(
    tmp_path: Path, changes: dict[str, str], words: tuple[str, ...]
) -> None:
    with pytest.raises(InputError) as caught:
        experiment_in(tmp_path, **changes)
    found = caught.value.problems
    assert len(found) == len(words), found
    for word, text in zip(words, found, strict=True):
        assert word in text


def test_a_mistake_in_an_experiment_does_not_hide_the_others(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        experiment_in(
            tmp_path,
            "network.long_ties = [0,4 0.6]\nrun.seed = []",
            head='scenario = "town.toml"\nreplicates = -1 runs',
            design="kind = 'gird'",
        )
    found = str(caught.value)
    assert "run.seed: is an empty list" in found
    assert 'did you mean "grid"' in found
    assert "network.long_ties" in found
    assert "-1 runs" in found
