"""Tests with the marker ``data`` alone see real data, and are skipped where there are none."""

from pathlib import Path

import pytest

pytest_plugins = "pytester"

TESTS_FOLDER = Path(__file__).parent
TESTS = """
    import os
    import pytest

    AT_IMPORT = os.environ.get("EXOVAL_DATA")

    @pytest.fixture(scope="module")
    def seen_by_a_fixture():
        return os.environ.get("EXOVAL_DATA")

    @pytest.mark.data
    def test_marked(data_folder):
        assert str(data_folder) == os.environ["EXOVAL_DATA"] == "/real"

    def test_unmarked(seen_by_a_fixture):
        assert AT_IMPORT is None and seen_by_a_fixture is None
        os.environ["EXOVAL_DATA"]

    def test_unmarked_that_asks_for_the_folder(data_folder):
        pass
"""


@pytest.fixture
def suite(pytester, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(TESTS_FOLDER.parent))
    pytester.makeconftest((TESTS_FOLDER / "conftest.py").read_text())
    pytester.makeini("[pytest]\nmarkers =\n    data: needs real data\n")
    pytester.makepyfile(TESTS)
    return pytester


@pytest.mark.parametrize("workers", ["0", "1"])
def test_a_test_without_the_marker_sees_no_data(suite, workers, monkeypatch):
    monkeypatch.setenv("EXOVAL_DATA", "/real")
    outcome = suite.runpytest_subprocess("-n", workers)
    outcome.assert_outcomes(passed=1, failed=1, errors=1)
    outcome.stdout.fnmatch_lines(["*needs the marker*", "*KeyError: 'EXOVAL_DATA'*"])


def test_marked_tests_are_skipped_with_a_reason_where_no_data_are(suite, monkeypatch):
    monkeypatch.delenv("EXOVAL_DATA", raising=False)
    outcome = suite.runpytest_subprocess("-n", "0", "-rs")
    outcome.assert_outcomes(skipped=1, failed=1, errors=1)
    outcome.stdout.fnmatch_lines(["SKIPPED*EXOVAL_DATA is not set*"])
