"""What is measured is judged in batches, and none of it is lost."""

import pytest

from exoval.vetting import judged_in_batches
from exoval.vetting.judged_in_batches import JudgedInBatches


class Batches:
    """A judge that notes how many it answers at a time."""

    def __init__(self):
        self.sizes = []

    def __call__(self, asked):
        self.sizes.append(len(asked))
        return [10 * measured for _, measured in asked]


def measured(count, interrupted_at=None):
    for number in range(count):
        if number == interrupted_at:
            raise KeyboardInterrupt
        yield str(number), number


def answers(*numbers):
    return [(str(number), 10 * number) for number in numbers]


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (4, [4]), (10, [4, 4, 2])])
def test_every_answer_comes_once_and_in_order(count, sizes):
    judge = Batches()
    judged = JudgedInBatches(measured(count), judge, size=4)
    assert list(judged) == answers(*range(count))
    assert judge.sizes == sizes and judged.rest() == []


def test_what_was_measured_before_an_interrupt_is_judged():
    judged, taken = JudgedInBatches(measured(10, interrupted_at=7), Batches(), size=4), []
    with pytest.raises(KeyboardInterrupt):
        taken.extend(judged)
    assert taken == answers(0, 1, 2, 3) and judged.rest() == answers(4, 5, 6)
    assert judged.rest() == []


def test_what_was_judged_and_not_taken_is_kept():
    judged = JudgedInBatches(measured(10), Batches(), size=4)
    for one in judged:
        if one[0] == "1":
            break
    # the receiver may have been interrupted with the last one in its hands
    assert judged.rest() == answers(1, 2, 3)


def test_few_events_do_not_wait_for_many(monkeypatch):
    now = iter(range(0, 1000, 3))
    monkeypatch.setattr(judged_in_batches.time, "monotonic", lambda: next(now))
    judge = Batches()
    assert list(JudgedInBatches(measured(6), judge, size=100)) == answers(*range(6))
    assert judge.sizes == [2, 2, 2]
