"""Limits of one example, in processes that may end."""

import resource
import signal
import subprocess
import sys
import textwrap
from dataclasses import dataclass

import numpy as np
import pytest

from exoval.errors import BadLightCurve, BadParameter
from simulate.example import Simulation, example_rng
from simulate.example_limits import UNLIMITED, ExampleLimits
from simulate.executor import Batch, Executor


def ended(program):
    """Status and output of a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout


def test_an_example_that_takes_too_long_ends_its_process_in_compiled_code_too():
    status, output = ended(
        """
        import ctypes
        from simulate.example_limits import ExampleLimits
        libc = ctypes.PyDLL(None)  # holds the interpreter's lock, so that no thread can act
        print("begun", flush=True)
        with ExampleLimits(seconds=0.3).guard():
            while True:
                libc.pause()
        """
    )
    assert status == -signal.SIGALRM and output == "begun\n"


def test_an_example_in_time_leaves_no_alarm():
    with ExampleLimits(seconds=50).guard():
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_memory_beyond_the_limit_is_not_given():
    status, output = ended(
        """
        from simulate.example_limits import ExampleLimits
        with ExampleLimits(gigabytes=0.5).guard():
            try:
                bytearray(10**9)
            except MemoryError:
                print("refused")
        print(len(bytearray(10**9)))
        """
    )
    assert (status, output) == (0, "refused\n1000000000\n")


def test_without_limits_nothing_is_set():
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with UNLIMITED.guard():
        assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
        assert resource.getrlimit(resource.RLIMIT_DATA) == before
    assert not UNLIMITED.any and str(UNLIMITED) == ""


@pytest.mark.parametrize("name", ["seconds", "gigabytes"])
@pytest.mark.parametrize("limit", [0, -1.0, float("nan")])
def test_a_limit_of_nothing_is_refused(name, limit):
    with pytest.raises(BadParameter, match=f"executor.{name}_per_example"):
        ExampleLimits(**{name: limit})


@dataclass(frozen=True)
class Hosts:
    """Hosts without a light curve, of which one example never gets that far or takes all memory."""

    endless: float = -1.0
    greedy: float = -1.0

    def draw(self, rng):
        drawn = rng.random()
        while drawn == self.endless:
            pass
        if drawn == self.greedy:
            np.ones(10**9)
        raise BadLightCurve("there is none")


def outcomes(hosts, **limits):
    """Reasons of six examples in batches of three, by index."""
    simulation = Simulation(seed=1, hosts=hosts, scenarios={}, transit_model=None, recipe=None)
    batches = [Batch("planet", 0, 3), Batch("planet", 3, 6)]
    found = Executor(workers=1, **limits).run(simulation, batches)
    return {one.index: one.reason for _, outcomes in found for one in outcomes}


def test_an_endless_example_is_a_counted_row_and_the_others_have_theirs():
    drawn = example_rng(1, "planet", 1).random()
    reasons = outcomes(Hosts(endless=drawn), seconds_per_example=2.0)
    assert "took more than 2 s" in reasons.pop(1)
    assert reasons == dict.fromkeys([0, 2, 3, 4, 5], "there is none")


def test_an_example_that_wants_all_memory_is_a_counted_row():
    drawn = example_rng(1, "planet", 4).random()
    reasons = outcomes(Hosts(greedy=drawn), gigabytes_per_example=4.0)
    assert "MemoryError" in reasons.pop(4)
    assert reasons == dict.fromkeys([0, 1, 2, 3, 5], "there is none")


def test_a_lower_limit_of_the_machine_holds_and_leaves_no_alarm():
    status, output = ended(
        """
        import resource, signal
        from simulate.example_limits import ExampleLimits
        hard = 3 * 10**9
        resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))
        with ExampleLimits(seconds=50, gigabytes=8).guard():
            print(resource.getrlimit(resource.RLIMIT_DATA) == (hard, hard))
        print(signal.getitimer(signal.ITIMER_REAL)[0])
        """
    )
    assert (status, output) == (0, "True\n0.0\n")
