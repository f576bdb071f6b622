"""One process at a time writes to a folder; one that has ended holds nothing."""

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import asdict, replace

import pytest

from exoval.errors import BadParameter, DataNotFound
from exoval.running.folder_lock import LOCK, folder_lock, this_process


def write_lock(path, **changes):
    path.write_text(json.dumps(asdict(replace(this_process(), **changes))))


def ended_process():
    """The number of a process that has ended."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_a_second_writer_is_refused_while_the_first_is_at_work(tmp_path):
    with folder_lock(tmp_path):
        with pytest.raises(BadParameter) as refused, folder_lock(tmp_path):
            pass
        assert f"{tmp_path} is being written by process {os.getpid()}" in str(refused.value)
        assert "choose another output=DIR" in str(refused.value)
    with folder_lock(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_lock_ends_with_the_block_that_fails(tmp_path):
    with pytest.raises(KeyboardInterrupt), folder_lock(tmp_path):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_a_living_process_is_named(tmp_path):
    alive = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        write_lock(tmp_path / LOCK, process=alive.pid, process_start="", since="2026-11-01T12:00")
        with pytest.raises(BadParameter, match=f"{alive.pid}.* since 2026-11-01T12:00; wait"):
            with folder_lock(tmp_path):
                pass
    finally:
        alive.communicate(b"\n")


def test_the_lock_of_an_ended_process_is_taken_over_with_a_word(tmp_path, caplog):
    write_lock(tmp_path / LOCK, process=ended_process(), process_start="")
    with folder_lock(tmp_path):
        assert json.loads((tmp_path / LOCK).read_text())["process"] == os.getpid()
    assert "has ended without a word; its lock is taken over" in caplog.text
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="the system says no more of them")
def test_another_process_of_the_same_number_and_a_zombie_hold_nothing(tmp_path):
    write_lock(tmp_path / LOCK, process_start="1")
    with folder_lock(tmp_path):
        pass
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    # ends without being waited for
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    write_lock(tmp_path / LOCK, process=zombie.pid, process_start="")
    with folder_lock(tmp_path):
        pass
    zombie.wait()


def test_the_lock_of_another_host_is_refused_with_what_to_do(tmp_path):
    write_lock(tmp_path / LOCK, host="node17", process=ended_process())
    with pytest.raises(BadParameter, match=f"on host node17 .* delete {tmp_path / LOCK}"):
        with folder_lock(tmp_path):
            pass
    assert (tmp_path / LOCK).exists()


@pytest.mark.parametrize("text", ["", "{}", '{"host": "a"}', "\0\0"])
def test_a_lock_that_cannot_be_read_is_not_guessed_at(tmp_path, text):
    (tmp_path / LOCK).write_text(text)
    with pytest.raises(BadParameter, match="cannot be read; if no other process writes"):
        with folder_lock(tmp_path):
            pass


def test_files_of_one_folder_are_locked_one_by_one(tmp_path):
    with folder_lock(tmp_path / "a.csv"), folder_lock(tmp_path / "b.csv"):
        with pytest.raises(BadParameter, match=r"a\.csv is being written"):
            with folder_lock(tmp_path / "a.csv", setting="output"):
                pass
    with pytest.raises(DataNotFound, match="cannot write"), folder_lock(tmp_path / "no" / "a.csv"):
        pass


def test_of_many_that_find_a_stale_lock_one_writes_at_a_time(tmp_path):
    """Each adds one to a number ten times, and no addition is lost."""
    number = tmp_path / "number"
    number.write_text("0")
    write_lock(tmp_path / LOCK, process=ended_process(), process_start="")
    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                done, end = 0, time.monotonic() + 20
                while done < 10 and time.monotonic() < end:
                    try:
                        with folder_lock(tmp_path):
                            value = int(number.read_text())
                            time.sleep(1e-3)
                            number.write_text(str(value + 1))
                            done += 1
                    except BadParameter:
                        time.sleep(1e-3)
                status = 0 if done == 10 else 1
            finally:
                os._exit(status)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    assert number.read_text() == "40"


def test_a_holder_knows_its_host():
    assert this_process().host == socket.gethostname() and this_process().is_alive()
