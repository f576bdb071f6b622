"""Garbage is collected again after the block, whatever ends it."""

import gc

import pytest

from exoval.running.lasting_objects import lasting_objects


@pytest.mark.parametrize("was_on", [True, False])
def test_collection_is_as_it_was_after_the_block(was_on):
    try:
        gc.enable() if was_on else gc.disable()
        with pytest.raises(ValueError), lasting_objects():
            assert not gc.isenabled()
            raise ValueError
        assert gc.isenabled() is was_on
    finally:
        gc.enable()
        gc.unfreeze()


def test_what_is_made_later_is_still_collected():
    class Node:
        pass

    with lasting_objects():
        pass
    try:
        before = len(gc.get_objects())
        for _ in range(1000):
            one = Node()
            one.itself = one
        del one
        gc.collect()
        assert len(gc.get_objects()) < before + 500
    finally:
        gc.unfreeze()
