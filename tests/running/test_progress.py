"""Progress in a log: lines with the time left, and one at the end of the outermost loop."""

from exoval.running.progress import progress


def lines(capsys):
    return capsys.readouterr().err.splitlines()


def test_a_quick_loop_prints_one_line_at_its_end(capsys):
    assert list(progress("abc", total=3, description="letters")) == ["a", "b", "c"]
    assert lines(capsys) == ["letters: 3/3, 0 s elapsed, 0 s to go"]


def test_quick_loops_inside_another_print_nothing(capsys):
    for _ in progress("ab", total=2, description="outer"):
        list(progress("abc", total=3, description="inner"))
    assert lines(capsys) == ["outer: 2/2, 0 s elapsed, 0 s to go"]


def test_a_long_loop_inside_another_says_how_far_it_is(capsys):
    for _ in progress("a", total=1, description="outer", seconds_between_lines=1e9):
        list(progress("abc", total=3, description="inner", seconds_between_lines=0.0))
    said = lines(capsys)
    assert [line.split(",")[0] for line in said] == [
        "inner: 1/3",
        "inner: 2/3",
        "inner: 3/3",
        "outer: 1/1",
    ]


def test_a_loop_that_is_left_early_counts_no_more(capsys):
    for _ in progress("abc", total=3, description="left"):
        break
    list(progress("a", total=1, description="next"))
    assert lines(capsys) == ["next: 1/1, 0 s elapsed, 0 s to go"]
