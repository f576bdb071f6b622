"""How the systems of a set are cut into batches, the unit of work, and these joined to shards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from simulate.executor import Batch


def systems_of_each(scenarios: Sequence[str], n_systems: int) -> dict[str, int]:
    """The systems of every scenario: equal numbers, and one more for the first ones.

    >>> systems_of_each(["planet", "no_transit"], 5)
    {'planet': 3, 'no_transit': 2}
    """
    share, rest = divmod(n_systems, len(scenarios))
    return {name: share + (number < rest) for number, name in enumerate(scenarios)}


def cut_into_batches(
    systems: Mapping[str, int], batch_size: int, finished: Iterable[Batch] = ()
) -> list[Batch]:
    """Batches of all ``systems`` (by scenario), alternating between scenarios.

    ``finished`` batches of an earlier run are among them wherever they hold no more systems than
    are asked for, and only what lies between is cut: a set that is extended makes no row again.

    >>> cut_into_batches({"planet": 7}, 4, [Batch("planet", 0, 3)])[1:]
    [Batch(scenario='planet', start=3, stop=7)]
    """
    finished = list(finished)
    batches = [
        batch
        for name, size in systems.items()
        for batch in _of_a_scenario(
            name, size, batch_size, [one for one in finished if one.scenario == name]
        )
    ]
    return sorted(batches, key=lambda batch: batch.start)


def grouped_in_shards(
    batches: Iterable[Batch], shard_size: int, shards: Iterable[Batch] = ()
) -> list[list[Batch]]:
    """Batches that become one shard each: neighbours of a scenario, ``shard_size`` systems or more.

    The last shard of a scenario may be smaller, and of an extended set the last of the earlier run.
    Finished ``shards`` among the batches are left out.

    >>> [len(group) for group in grouped_in_shards(cut_into_batches({"planet": 9}, 2), 4)]
    [2, 2, 1]
    """
    finished, groups = set(shards), []
    for batch in sorted(batches, key=lambda one: (one.scenario, one.start)):
        last = groups[-1] if groups else None
        if batch in finished:
            groups.append([])
        elif not last or last[-1].scenario != batch.scenario or _systems(last) >= shard_size:
            groups.append([batch])
        else:
            last.append(batch)
    return [group for group in groups if group]


def _systems(batches: list[Batch]) -> int:
    return sum(batch.stop - batch.start for batch in batches)


def _of_a_scenario(name: str, size: int, batch_size: int, finished: list[Batch]) -> list[Batch]:
    batches, place = [], 0
    # of finished batches that overlap, the longest counts
    in_order = sorted(finished, key=lambda one: (one.start, -one.stop))
    for one in [*in_order, Batch(name, size, size)]:
        if one.start < place or one.stop > size:
            continue
        batches += [
            Batch(name, start, min(start + batch_size, one.start))
            for start in range(place, one.start, batch_size)
        ]
        if one.start < one.stop:
            batches.append(one)
        place = one.stop
    return batches
