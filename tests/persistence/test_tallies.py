"""Counts of senders: exact for each, shared by processes, and nobody can be found in them."""

import multiprocessing
import os
import signal
import threading
from collections import Counter
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.persistence.tallies import Tallied, Tallies

EACH = 2000
PROCESSES = 3
SENDER = b"\xcb\x00\x71\x07"


def count(tallies: Tallies, sender: bytes = SENDER, window: int = 5) -> int:
    return tallies.count(Tallied.READS, tallies.places(sender), window)


def test_each_sort_and_each_window_is_counted_apart() -> None:
    tallies = Tallies.alone()
    places = tallies.places(SENDER)

    counted = [
        tallies.count(Tallied.READS, places, 1),
        tallies.count(Tallied.READS, places, 1),
        tallies.count(Tallied.WRITES, places, 1),
        tallies.count(Tallied.READS, places, 2),
        tallies.count(Tallied.WRITES, places, 1),
    ]

    assert counted == [1, 2, 1, 1, 2]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 3)), max_size=200))
def test_nobody_is_counted_less_often_than_they_came(came: list[tuple[int, int]]) -> None:
    tallies, truth = Tallies.alone(), Counter[tuple[int, int]]()
    for sender, window in sorted(came, key=lambda each: each[1]):
        truth[sender, window] += 1

        counted = count(tallies, sender.to_bytes(4, "big"), window)

        assert counted >= truth[sender, window]


def test_hardly_anybody_is_counted_more_often_for_what_others_do() -> None:
    tallies = Tallies.alone()
    for number in range(2000):
        count(tallies, number.to_bytes(4, "big"))

    counted = [count(tallies, number.to_bytes(4, "big")) for number in range(2000)]

    assert sum(each > 2 for each in counted) < 2000 * 0.12  # (1 - exp(-2000 / 8192)) squared: 5 %


def _come(folder: Path, barrier: Barrier) -> None:
    tallies = Tallies.shared(folder, PROCESSES)
    barrier.wait()
    for _ in range(EACH):
        count(tallies)


def test_processes_that_count_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(PROCESSES)
    processes = [context.Process(target=_come, args=(tmp_path, barrier)) for _ in range(PROCESSES)]
    for each in processes:
        each.start()
    for each in processes:
        each.join(60)

    # Their columns are free, and what they counted stays.
    assert count(Tallies.shared(tmp_path, PROCESSES)) == (EACH * PROCESSES + 1)
    assert len(list(tmp_path.glob("column-*"))) <= PROCESSES


def test_threads_of_one_process_lose_nothing() -> None:
    tallies = Tallies.alone()

    def come() -> None:
        for _ in range(EACH):
            count(tallies)

    threads = [threading.Thread(target=come) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert count(tallies) == EACH * 4 + 1


def _hold(folder: Path, barrier: Barrier) -> None:
    tallies = Tallies.shared(folder, 1)
    count(tallies)
    barrier.wait()
    threading.Event().wait(60)


def test_a_process_that_hangs_or_is_killed_holds_nobody_up(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    process = context.Process(target=_hold, args=(tmp_path, barrier))
    process.start()
    barrier.wait(60)
    assert process.pid is not None
    tallies = Tallies.shared(tmp_path, 1)

    os.kill(process.pid, signal.SIGSTOP)
    assert count(tallies) == 2
    os.kill(process.pid, signal.SIGKILL)
    process.join(60)
    assert count(tallies) == 3


def test_two_in_one_process_count_together(tmp_path: Path) -> None:
    one, other = Tallies.shared(tmp_path, 2), Tallies.shared(tmp_path, 2)

    assert [count(each) for each in (one, other, one)] == [1, 2, 3]


def test_more_processes_than_there_is_room_for_count_for_themselves(tmp_path: Path) -> None:
    crowd = [Tallies.shared(tmp_path, 1) for _ in range(5)]
    assert [count(each) for each in crowd] == [1, 2, 3, 4, 5]

    assert count(Tallies.shared(tmp_path, 1)) == 1


@pytest.mark.parametrize("fault", ["a file in the way", "another table", "an empty table"])
def test_where_the_table_cannot_be_had_a_process_counts_for_itself(
    tmp_path: Path, fault: str
) -> None:
    folder = tmp_path / "limits"
    if fault == "a file in the way":
        folder.write_text("")
    else:
        folder.mkdir()
        (folder / "table").write_bytes(b"x" * 4096 if fault == "another table" else b"")

    tallies = [Tallies.shared(folder, 2) for _ in range(2)]

    assert [count(each) for each in tallies] == [1, 1]


def test_neither_the_sender_nor_its_hash_is_kept_and_only_its_owner_reads_the_table(
    tmp_path: Path,
) -> None:
    tallies = Tallies.shared(tmp_path / "limits", 1)
    before = (tmp_path / "limits" / "table").read_bytes()
    count(tallies)
    after = (tmp_path / "limits" / "table").read_bytes()

    places = [at for at in range(0, len(after), 8) if after[at : at + 8] != before[at : at + 8]]
    changed = [after[at : at + 8] for at in places]
    assert changed == [((5 << 32) + 1).to_bytes(8, "little")] * 2  # a window, and one
    assert (tmp_path / "limits").stat().st_mode & 0o077 == 0
    assert (tmp_path / "limits" / "table").stat().st_mode & 0o077 == 0


def test_the_same_sender_stands_elsewhere_in_another_table(tmp_path: Path) -> None:
    places = []
    for name in ("one", "other"):
        tallies = Tallies.shared(tmp_path / name, 1)
        count(tallies)
        table = (tmp_path / name / "table").read_bytes()
        places.append(table.index(((5 << 32) + 1).to_bytes(8, "little")))

    assert places[0] != places[1]
