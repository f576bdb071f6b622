"""The command line of ``python -m exoval``, without running a command."""

import shlex
from pathlib import Path

import pytest

from exoval.__main__ import _parser, main


@pytest.mark.parametrize(
    ("words", "targets"),
    [
        ("MODEL A B --data DIR", ["A", "B"]),
        ("MODEL --data DIR A B", ["A", "B"]),
        ("--data DIR MODEL A B", ["A", "B"]),
        ("--data DIR MODEL A --events 2 B", ["A", "B"]),
        ("--data DIR MODEL --table list.csv", []),
    ],
)
def test_options_stand_anywhere(words, targets):
    parsed = _parser().parse_args(["vet", *words.split()])
    assert parsed.run == Path("MODEL") and parsed.data == Path("DIR")
    assert parsed.targets == targets


def test_plot_event_takes_options_before_its_target():
    parsed = _parser().parse_args(["plot-event", "--period", "3", "KIC 7", "--epoch", "4"])
    assert (parsed.target, parsed.period, parsed.epoch) == ("KIC 7", 3.0, 4.0)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["vet", "MODEL", "KIC 7", "--tabel", "list.csv"], "'--tabel'; did you mean --table?"),
        (["vett", "MODEL"], "'vett'; did you mean vet?"),
        (["plot-event", "KIC 7", "--mission", "keplr"], "'keplr'; did you mean kepler?"),
        (["plot-event", "KIC 7", "KIC 8"], "KIC 8"),
        (["vet"], "required: run"),
    ],
)
def test_an_unknown_word_names_the_nearest(words, told, capsys):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2 and told in capsys.readouterr().err


def test_the_status_is_explained(capsys):
    with pytest.raises(SystemExit):
        main(["vet", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "3 if some could not be judged" in said and "--allow-failures" in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("'KIC 7' --period -3 --epoch 130 --duration 2", "the period is -3 days"),
        ("'KIC 7' --period nan --epoch 130 --duration 2", "the period is nan"),
        ("'KIC 7' --period 3 --epoch inf --duration 2", "the epoch is inf"),
        ("'KIC 7' --period 3 --epoch 130 --duration 0", "the duration is 0 hours"),
        ("'KIC 7' --period 0 --epoch 130 --duration -2", "the duration is -2 hours"),
        ("'KIC 7' --period 3 --epoch 130 --duration 72", "72 hours, is as long as the period"),
        ("'KIC 7' --period 3", "epoch, duration missing"),
        ("--table LIST --period 3 --epoch 130 --duration 2", "write the ephemerides into the"),
        ("'KIC 7' --data NOWHERE", "no folder NOWHERE"),
    ],
)
def test_a_wrong_command_ends_before_any_target(words, told, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("LIST").write_text("target\nKIC 7\n")
    with pytest.raises(SystemExit) as ended:
        main(["vet", "MODEL", *shlex.split(words)])
    assert ended.value.code == 2 and told in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["LIST"]
