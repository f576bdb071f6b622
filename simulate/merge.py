"""Labelled sets of several machines or seeds, joined into one."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from exoval.errors import BadParameter, DataNotFound, listed, shown
from exoval.injection.completeness import save_completeness
from exoval.injection.importance_weights import effective_sample_sizes, read_truth
from exoval.labels import meanings_to_plain
from exoval.running.folder_lock import folder_lock
from exoval.running.output_path import make_folder
from exoval.running.provenance import code_version, versions
from exoval.running.whole_folder import MANIFEST, UNFINISHED, check_files, folder_draft, publish
from exoval.schema import read_json
from exoval.table.feature_table import FeatureTable, load_feature_table
from exoval.table.parquet_parts import names_to_check, writing_parts
from exoval.views.store import VALUES, ViewRows, open_views, save_views
from simulate.draw_density import Drawn, log_proposal_of, read_drawn, without_choice
from simulate.example import FAILED, KEPT
from simulate.labelled_set import FEATURES, TRUTH
from simulate.repeats import REPEAT, SAME_LIGHT_CURVE
from simulate.run import PACKAGES, PARTS, PLACES, WITHOUT_EFFECT
from simulate.shards import SHARDS
from simulate.tally import PASSED, completeness_by_scenario

log = logging.getLogger(__name__)

AGAIN = "simulate the set again"
#: settings that may differ between the sets that are joined
MAY_DIFFER = (*WITHOUT_EFFECT, "seed", "scenario", "survey_events", "proposal")
OF_VIEWS = ("views", "view_form")


@dataclass(frozen=True, kw_only=True)
class _Part:
    """A labelled set to join: its manifest, truths, and features with the views if it has them."""

    folder: Path
    manifest: dict
    table: FeatureTable
    truth: pd.DataFrame

    @property
    def drawn(self) -> list[Drawn]:
        """The draws that the rows were chosen from."""
        return read_drawn(self.manifest["drawn"], f"{self.folder / MANIFEST}")

    @property
    def seeds(self) -> list[int]:
        seed = self.manifest["seed"]
        return seed if isinstance(seed, list) else [seed]


def merge_sets(output: str | Path, folders: Sequence[str | Path]) -> dict:
    """Join the finished labelled sets in ``folders`` into one in ``output``; return its manifest.

    Rows stand in the order of the folders. In sets of several seeds the names of events begin with
    their seed, such as ``seed3-planet-0000017``; in sets of one seed they stay. Views are kept if
    all sets have them. Events without an injection that another set has found too count once, as
    in a set. Rows that proposals chose are weighed by the mixture of all sets
    (``simulate.draw_density``). Completeness and effective sample sizes are those of all rows.

    Raises BadParameter for fewer than two sets, sets whose rows were made or measured in different
    ways, sets with the same examples, and an ``output`` that holds anything but an earlier merge;
    DataNotFound for a folder without a finished set, BadTable for one that is damaged.
    """
    output = Path(output)
    if len(folders) < 2:
        raise BadParameter(f"{len(folders)} labelled sets to merge; give two or more")
    parts = [_read(Path(folder)) for folder in folders]
    with_views = all(one.table.views is not None for one in parts)
    _refuse_differences(parts, with_views=with_views)
    parts = _with_unique_names(parts)
    _refuse_same_examples(parts)
    make_folder(output)
    with folder_lock(output, setting="OUT"):
        _refuse_other_content(output)
        parts, repeats = _without_repeats(parts)
        table, drawn = _joined_features(parts), [one for part in parts for one in part.drawn]
        truth = _joined_truths([_without_choice(one) for one in parts])
        if len(truth):
            truth = truth.assign(log_proposal=log_proposal_of(truth, drawn))
        with folder_draft(output, setting="OUT") as draft:
            table.save(draft / FEATURES)
            rows = pa.Table.from_pandas(truth, preserve_index=False)
            with writing_parts(draft / TRUTH, rows.schema.remove_metadata()) as parts_of_truth:
                parts_of_truth.write(rows)
            completeness = completeness_by_scenario(truth)
            save_completeness(completeness, draft)
            if with_views:
                layout = parts[0].table.views.layout
                save_views(draft, "views", size=len(table), rows=_view_rows(parts), layout=layout)
            manifest = _manifest(parts, repeats, output, with_views=with_views) | {
                "labels": meanings_to_plain(table.meanings),
                "effective_sample_size": effective_sample_sizes(truth) if len(truth) else {},
                "completeness": {name: one.summary() for name, one in completeness.items()},
                "kept": len(table),
                "schema_hash": table.schema_hash,
                "recipe": table.recipe,
                "drawn": [one.plain() for one in drawn],
            }
            publish(draft, manifest, instead_of=("views*", *PARTS))
    return manifest


def _read(folder: Path) -> _Part:
    """A finished set, compared with its checksums."""
    if not (folder / MANIFEST).is_file():
        raise DataNotFound(
            f"{folder} holds no finished labelled set (no {MANIFEST}); simulate it to its end, or "
            "give the output folder of python -m simulate"
        )
    check_files(folder, [*names_to_check(folder / FEATURES), *names_to_check(folder / TRUTH)])
    manifest = read_json(folder / MANIFEST, remedy=AGAIN)
    missing = {"seed", "config", "recipe", "counts", "host", "failures", "drawn"} - set(manifest)
    if missing:
        raise DataNotFound(
            f"{folder} is no labelled set of this version: its {MANIFEST} lacks "
            f"{listed(sorted(missing))}; {AGAIN}"
        )
    table = load_feature_table(folder / FEATURES)
    if (folder / VALUES.format("views")).is_file():
        table = replace(table, views=ViewRows.of_all(open_views(folder), len(table)))
    return _Part(folder=folder, manifest=manifest, table=table, truth=read_truth(folder))


def _refuse_differences(parts: list[_Part], *, with_views: bool) -> None:
    """Raise BadParameter unless all rows were made and measured in the same way."""
    first = parts[0]
    for other in parts[1:]:
        known, now = (_way(one, with_views=with_views) for one in (first, other))
        # each set has scenarios of its own; those that both have must be the same
        names = {
            name
            for name in known | now
            if known.get(name) != now.get(name)
            and not (name.startswith(("scenario.", "label.")) and _is_of_one(name, known, now))
        }
        if names:
            differences = [
                f"{name} ({shown(known.get(name))} and {shown(now.get(name))})"
                for name in sorted(names)
            ]
            raise BadParameter(
                f"{first.folder} and {other.folder} cannot be merged, their rows differ in "
                f"{'; '.join(differences[:5])}"
                + (f"; and {len(differences) - 5} more" if len(differences) > 5 else "")
                + "; simulate them with the same settings but for seed, n_systems and scenario"
            )
        first.table.require_columns_of(other.table)
        if first.manifest.get("code") != other.manifest.get("code"):
            log.warning(
                "%s was made by exoval %s and %s by %s: their rows may differ",
                first.folder,
                first.manifest.get("code"),
                other.folder,
                other.manifest.get("code"),
            )


def _is_of_one(name: str, known: Mapping, now: Mapping) -> bool:
    """Whether only one of two sets has the scenario that a dotted name belongs to."""
    scenario = ".".join(name.split(".")[:2])
    return any(
        not any(other == scenario or other.startswith(f"{scenario}.") for other in one)
        for one in (known, now)
    )


def _way(part: _Part, *, with_views: bool) -> dict[str, object]:
    """What determines the rows of a set but seed and index, by dotted names."""
    leave_out = MAY_DIFFER if with_views else (*MAY_DIFFER, *OF_VIEWS)
    config, recipe, host = (part.manifest[name] for name in ("config", "recipe", "host"))
    of_host = config.get("host")
    plain = {
        **{name: value for name, value in config.items() if name not in leave_out},
        "scenario": config.get("scenario"),
        "label": part.manifest.get("labels"),
        "recipe": {name: value for name, value in recipe.items() if name not in leave_out},
        "survey_events": (part.manifest.get("data") or {}).get("survey_events"),
        "host kind": host.get("kind"),
        "missing catalogues": host.get("missing_catalogues"),
    }
    if isinstance(of_host, Mapping):
        plain["host"] = {name: value for name, value in of_host.items() if name not in PLACES}
    # said once, and not a second time as part of the recipe
    plain["recipe"] = {
        name: value for name, value in plain["recipe"].items() if value != config.get(name)
    }
    return dict(_dotted(plain))


def _dotted(plain: Mapping[str, object], place: str = "") -> Iterator[tuple[str, object]]:
    for name, value in plain.items():
        if isinstance(value, Mapping) and value:
            yield from _dotted(value, f"{place}{name}.")
        else:
            yield f"{place}{name}", value


def _with_unique_names(parts: list[_Part]) -> list[_Part]:
    """The sets with names of events that begin with their seed, if there are several seeds."""
    if len({seed for one in parts for seed in one.seeds}) == 1:
        return parts
    # a set that was merged from several seeds has such names
    return [one if len(one.seeds) > 1 else _named(one, f"seed{one.seeds[0]}-") for one in parts]


def _named(part: _Part, prefix: str) -> _Part:
    frame = part.table.frame.assign(event=prefix + part.table.frame["event"])
    truth = part.truth.assign(event=prefix + part.truth["event"]) if len(part.truth) else part.truth
    return replace(part, table=replace(part.table, frame=frame), truth=truth)


def _refuse_same_examples(parts: list[_Part]) -> None:
    seen: dict[str, Path] = {}
    for part in parts:
        names = set(part.truth["event"]) if len(part.truth) else set()
        twice = sorted(names & set(seen))
        if twice:
            raise BadParameter(
                f"{seen[twice[0]]} and {part.folder} hold the same {len(twice)} events, such as "
                f"{twice[0]}, of seed {', '.join(map(str, part.seeds))}; simulate one of them with "
                "another seed=, or with other scenarios"
            )
        seen |= dict.fromkeys(names, part.folder)


def _refuse_other_content(output: Path) -> None:
    """Raise BadParameter unless a folder is empty or holds a merged set."""
    if not any(path for path in output.iterdir() if not path.name.startswith(".")):
        return
    plain = read_json(output / MANIFEST, remedy="") if (output / MANIFEST).is_file() else {}
    is_merged = isinstance(plain, dict) and {"merged", UNFINISHED} & set(plain)
    if not is_merged or (output / SHARDS).exists():
        raise BadParameter(
            f"{output} holds something else than a merged set; choose another OUT, or delete it"
        )


def _without_repeats(parts: list[_Part]) -> tuple[list[_Part], list[pd.DataFrame]]:
    """The sets without events that an earlier one has, and the truths of these for each set."""
    seen: set[tuple] = set()
    kept, repeats = [], []
    for part in parts:
        truth = part.truth
        again = np.zeros(len(truth), dtype=bool)
        if len(truth) and set(SAME_LIGHT_CURVE) <= set(truth):
            chosen = truth["status"].eq(KEPT) & truth["transform"].notna()
            # missing values are equal to one another here
            keys = pd.Series(
                [
                    tuple(map(str, row))
                    for row in truth[list(SAME_LIGHT_CURVE)].itertuples(index=False)
                ],
                index=truth.index,
            )
            again = (chosen & keys.isin(seen)).to_numpy()
            seen |= set(keys[chosen])
        lost = truth[again]
        repeats.append(lost)
        if len(lost):
            rows = ~part.table.frame["event"].isin(lost["event"]).to_numpy()
            status = truth["status"].mask(again, FAILED)
            part = replace(part, table=part.table.select(rows), truth=truth.assign(status=status))
        kept.append(part)
    return kept, repeats


def _joined_features(parts: list[_Part]) -> FeatureTable:
    first = parts[0].table
    meanings = {}
    for part in parts:
        meanings |= part.table.meanings
    recipe = dict(first.recipe)
    if any(part.table.views is None for part in parts):
        recipe |= {name: None if name == "view_form" else False for name in OF_VIEWS}
    frame = pd.concat([part.table.frame for part in parts], ignore_index=True)
    return replace(first, frame=frame, recipe=recipe, meanings=meanings, views=None)


def _joined_truths(parts: list[_Part]) -> pd.DataFrame:
    """All truths; what only some sets have is missing in the others."""
    truths = [part.truth for part in parts if len(part.truth)]
    return pd.concat(truths, ignore_index=True) if truths else parts[0].truth


def _without_choice(part: _Part) -> _Part:
    """The set with the densities from which its rows were drawn before a proposal chose."""
    if not len(part.truth):
        return part
    density = without_choice(part.truth, part.drawn)
    return replace(part, truth=part.truth.assign(log_proposal=density))


def _view_rows(parts: list[_Part]) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Number, views and counts of empty bins of every row, one at a time."""
    chosen = ((part.table.views.views, row) for part in parts for row in part.table.views.rows)
    for number, (views, row) in enumerate(chosen):
        yield number, views.values[row], views.missing[row]


def _manifest(
    parts: list[_Part], repeats: list[pd.DataFrame], output: Path, *, with_views: bool
) -> dict:
    """The entries of the merged manifest that follow from those of the sets."""
    manifests = [part.manifest for part in parts]
    seeds = sorted({seed for part in parts for seed in part.seeds})
    seed = seeds[0] if len(seeds) == 1 else seeds
    config = manifests[0]["config"] | {
        "scenario": {
            name: value
            for one in manifests
            for name, value in (one["config"].get("scenario") or {}).items()
        },
        "seed": seed,
        "n_systems": sum(one["config"].get("n_systems", 0) for one in manifests),
        "output": str(output),
    }
    if not with_views:
        config |= {"views": False}
    return {
        "seed": seed,
        "counts": _counts(manifests, repeats),
        "host": _of_all([one["host"] for one in manifests]),
        "failures": _failures(manifests, repeats),
        "seconds": round(sum(one.get("seconds", 0.0) for one in manifests), 1),
        "versions": versions(PACKAGES),
        "code": code_version(),
        "data": _of_all([one.get("data") or {} for one in manifests]),
        "config": config,
        "merged": [entry for part in parts for entry in _origins(part)],
    }


def _origins(part: _Part) -> list[dict]:
    """The sets that a set is made of: itself, or those that were merged into it."""
    names = ("seed", "counts", "host", "data", "code", "versions", "seconds")
    own = {name: part.manifest.get(name) for name in names}
    return part.manifest.get("merged") or [{"folder": str(part.folder)} | own]


def _of_all(entries: list[dict]) -> dict:
    """The entries that are the same in all sets; of a warning that some lack, the first."""
    same = {
        name: value
        for name, value in entries[0].items()
        if all(one.get(name) == value for one in entries)
    }
    warning = next((one["warning"] for one in entries if one.get("warning")), None)
    return same | ({"warning": warning} if warning else {})


def _counts(manifests: list[dict], repeats: list[pd.DataFrame]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for manifest in manifests:
        for scenario, row in manifest["counts"].items():
            total = counts.setdefault(scenario, dict.fromkeys(row, 0))
            for stage, number in row.items():
                total[stage] = total.get(stage, 0) + number
    for lost in repeats:
        for scenario in lost.loc[lost["event_number"] == 0, "scenario"] if len(lost) else []:
            for stage in PASSED:
                counts[scenario][stage] -= 1
            counts[scenario][FAILED] += 1
    return counts


def _failures(manifests: list[dict], repeats: list[pd.DataFrame]) -> list[dict]:
    entries = [one for manifest in manifests for one in manifest["failures"]]
    entries += [
        {**REPEAT, "count": len(lost), "targets": sorted(set(lost["target"]))}
        for lost in repeats
        if len(lost)
    ]
    joined: dict[tuple[str, str], dict] = {}
    for one in entries:
        key = (one["stage"], one["reason"])
        total = joined.setdefault(key, {**one, "count": 0, "targets": []})
        total["count"] += one["count"]
        total["targets"] = sorted({*total["targets"], *one["targets"]})[:20]
    return [joined[key] for key in sorted(joined)]
