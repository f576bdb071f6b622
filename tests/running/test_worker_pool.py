import os
import signal
import time

import numba
import pytest

from exoval.running.worker_pool import in_new_workers


def work(item):
    if item < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.05)
    return 2 * item, os.getpid()


@pytest.mark.parametrize("deadly", [set(), {0}, {5, 6}, {3, 9, 19}])
def test_workers_that_die_cost_what_was_under_way_and_new_ones_go_on(deadly):
    items = [-index - 1 if index in deadly else index + 1 for index in range(20)]
    again = []

    def alone(item):
        again.append(item)
        return 2 * item, "alone"

    answers = dict(in_new_workers(work, items, workers=2, again=alone))
    assert {item: answer for item, (answer, _) in answers.items()} == {i: 2 * i for i in items}
    assert {item for item in items if item < 0} <= set(again)
    # one death costs no more than what two workers had under way
    assert len(again) <= 2 * len(deadly)
    assert os.getpid() not in {process for _, process in answers.values()}


def threads(_):
    return numba.get_num_threads()


def test_a_worker_uses_one_thread():
    """As many threads in each worker as there are cores would wait for one another."""
    assert dict(in_new_workers(threads, [0], workers=1, again=threads)) == {0: 1}


def test_what_a_task_raises_is_raised_here():
    with pytest.raises(ValueError, match="no number"):
        list(in_new_workers(int, ["1", "no number"], workers=2, again=int))
