"""The outcome of a list in words."""

from exoval.vetting.summary import list_summary


def test_failures_and_caveats_are_counted_by_kind():
    rows = [
        {"caveats": "noise is procedural | period outside the 0.5-30 days that were simulated"},
        {"caveats": "noise is procedural"},
        {"caveats": ""},
    ]
    failed = [
        "row 3: no light curve of 'KIC 8' in /data/a; download it",
        "row 4: no light curve of 'KIC 9' in /data/a; download it",
        "row 7: the period is -1 days; give a positive one",
    ]
    lines = list_summary(rows, asked=7, failed=failed, no_event=["nothing"]).splitlines()
    assert lines[:4] == [
        "targets: 7",
        "  judged: 3 (3 events)",
        "  without an event: 1",
        "  failed: 3",
    ]
    # the same reason with another star is the same kind, and the first is told whole
    assert lines[4].startswith("    2 no light curve of '...' in ...")
    assert "the first: no light curve of 'KIC 8'" in lines[4]
    assert lines[5] == "    1 the period is -1 days; give a positive one"
    assert lines[6:] == [
        "caveats of events:",
        "    2 noise is procedural",
        "    1 period outside the 0.5-30 days that were simulated",
    ]


def test_what_nobody_has_is_not_listed():
    text = list_summary([{"caveats": ""}], asked=1, failed=[], no_event=[])
    assert "caveats" not in text and text.splitlines()[-1] == "  failed: 0"


def test_a_caveat_with_a_semicolon_is_one_caveat():
    rows = [
        {"event": "a", "most_probable": "planet", "caveats": "noise is made up; do not trust it"}
    ]
    lines = list_summary(rows, asked=1, failed=[], no_event=[]).splitlines()
    assert "    1 noise is made up; do not trust it" in lines
