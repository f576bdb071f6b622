"""The training report, one self-contained HTML page: data, results and how far to trust them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pandas as pd

from exoval.labels import LabelMeaning, meanings_from_plain
from exoval.table.feature_table import FeatureTable
from train.judging.metrics import METRICS
from train.judging.novel_share import NovelShare
from train.judging.scored import Scored
from train.report import comparison_figures, figures

STYLE = """
:root { --ink: #1d2733; --muted: #66727f; --line: #e3e8ed; --paper: #ffffff; }
* { box-sizing: border-box; }
body { margin: 0; background: #f5f7f9; color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
.lead { font-size: 1.05rem; }
main { max-width: 1020px; margin: 0 auto; padding: 40px 32px 80px; background: var(--paper); }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .2em; letter-spacing: -.01em; }
h2 { font-size: 1.2rem; margin: 2.6em 0 .6em; padding-top: .9em;
  border-top: 1px solid var(--line); }
p { max-width: 46em; } .note, caption, figcaption { color: var(--muted); font-size: .88rem; }
.banner { background: #b3261e; color: #fff; padding: 14px 18px; border-radius: 6px;
  margin: 18px 0; font-weight: 600; }
.missing { background: #fff4de; border-left: 4px solid #d99a1c; padding: 12px 16px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(290px, 1fr)); gap: 16px; }
.card { border: 1px solid var(--line); border-top: 4px solid; border-radius: 6px;
  padding: 14px 18px; }
.card h3 { margin: 0 0 8px; font-size: 1rem; } .card td { border: 0; padding: 3px 0; }
.big { font-size: 1.5rem; font-weight: 650; font-variant-numeric: tabular-nums; }
.range { color: var(--muted); font-size: .82rem; white-space: nowrap; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem;
  font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: 6px; }
th { text-align: left; font-weight: 600; color: var(--muted);
  border-bottom: 1px solid var(--line); }
th, td { padding: 5px 14px 5px 0; vertical-align: baseline; }
td { border-bottom: 1px solid #f0f3f5; }
.wide { margin: 20px 0; } figure { margin: 14px 0; } img { max-width: 100%; height: auto; }
details { margin: 1em 0; } summary { cursor: pointer; }
pre { background: #f5f7f9; padding: 12px; overflow: auto; max-height: 32em; font-size: .78rem; }
"""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The content of the page; ``result`` is that of metrics.json.

    ``simulated`` and ``real`` map classifier to scored events; ``real`` is empty if no real events
    were judged. ``simulated_table`` and ``real_table`` hold the features, ``gap`` their distances,
    ``novel_share`` the novelty of the rows.
    """

    result: dict
    simulated: Mapping[str, Scored]
    real: Mapping[str, Scored]
    simulated_table: FeatureTable
    real_table: FeatureTable | None
    gap: pd.DataFrame | None
    novel_share: NovelShare

    @property
    def metrics(self) -> dict:
        """The metrics of ``result``."""
        return self.result["metrics"]


def write_report(path: Path, evidence: Evidence) -> None:
    """Write the page. Raises DataNotFound if matplotlib is not installed."""
    figures.require()
    parts = [
        heading(evidence.result),
        cards(evidence.result),
        simulated_section(evidence),
        real_section(evidence),
        sky_section(evidence),
        drop_section(evidence),
        gap_section(evidence),
        novelty_section(evidence),
        curve_section(evidence.result),
        origin_section(evidence.result),
        recipe_section(evidence.result),
    ]
    path.write_text(
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>exoval: training report</title><style>{STYLE}</style></head>\n"
        f"<body><main>{''.join(parts)}</main></body></html>\n",
        encoding="utf-8",
    )


def heading(result: dict) -> str:
    """HTML of title, warning and verdict."""
    host = result["host"]
    banner = ""
    if host.get("kind") == "procedural":
        reason = host.get("warning", "noise is procedural, not real")
        banner = f'<div class="banner">Procedural light curves: {escape(reason)}.</div>'
    elif host.get("warning"):
        banner = f'<div class="banner">Light curves: {escape(host["warning"])}.</div>'
    elif host.get("kind") != "real":
        banner = (
            '<div class="banner">The manifest does not say whether the light curves are real.</div>'
        )
    sentences = "".join(f'<p class="lead">{escape(line)}</p>' for line in result["verdict"])
    return f"<h1>Training report</h1>{banner}{sentences}"


def cards(result: dict) -> str:
    """HTML of one card per classifier, with the headline metrics on simulated and real events."""
    shown = ("roc_auc", "recall_at_precision_0.99", "log_loss", "base_rate_log_loss")
    boxes = []
    simulated = result["metrics"]["simulated"]["by_classifier"]
    for number, name in enumerate(simulated):
        rows = "".join(
            f"<tr><td>{METRICS[key].title}</td>"
            + "".join(
                f'<td><span class="{"big" if key == "roc_auc" else ""}">{value_text(cell)}'
                f'</span><br><span class="range">{range_text(cell)}</span></td>'
                for cell in (
                    simulated[name][key],
                    real_cell(result, name, key),
                )
            )
            + "</tr>"
            for key in shown
        )
        boxes.append(
            f'<div class="card" style="border-top-color:{figures.colour_of(number)}">'
            f"<h3>{escape(name)}</h3><table><tr><th></th><th>simulated</th>"
            f"<th>real</th></tr>{rows}</table></div>"
        )
    return f'<div class="cards">{"".join(boxes)}</div>'


def real_cell(result: dict, name: str, key: str) -> dict:
    """A classifier's metric on real candidates; an empty one if they were not judged."""
    empty = {"value": None, "low": None, "high": None, "reason": "not judged"}
    return result["metrics"]["real"]["by_classifier"].get(name, {}).get(key, empty)


def simulated_section(evidence: Evidence) -> str:
    """HTML of curves, confusion matrices and metrics on the held-out stars."""
    test = evidence.result["sets"]["test"]
    return (
        f"<h2>Simulated events of held-out stars</h2><p>{test['rows']} events on "
        f"{test['stars']} stars that neither the classifiers nor their calibration saw; "
        f"{test['planets']} are planets.</p>"
        + scenario_picture(evidence)
        + judged_figures(
            evidence.simulated,
            evidence.metrics["simulated"]["by_classifier"],
            meanings_from_plain(evidence.result["labels"]),
        )
        + metrics_table(evidence.metrics["simulated"]["by_classifier"])
    )


def scenario_picture(evidence: Evidence) -> str:
    """HTML of the figure of planets against each scenario."""
    found = evidence.metrics["simulated"]
    name = found["classifier"]
    return picture(
        comparison_figures.scenario_curves(
            name,
            evidence.simulated[name],
            found["by_classifier"],
            meanings_from_plain(evidence.result["labels"]),
        ),
        f"Planets against each scenario (number of events in brackets); curves of {name}, which "
        "has the lowest log-loss on the calibration rows",
    )


def drop_section(evidence: Evidence) -> str:
    """HTML of the drop from simulated to real events."""
    real = evidence.metrics["real"]["by_classifier"]
    if not any(
        numbers[key]["value"] is not None
        for numbers in real.values()
        for key in comparison_figures.DROPS
    ):
        return ""
    return (
        "<h2>From simulated to real</h2><p>The same classifiers on simulated events of "
        "held-out stars and on real candidates. The two sets also differ in their shares of "
        "planets, so compare the areas under ROC first: they do not depend on shares.</p>"
        + picture(
            comparison_figures.drops(evidence.metrics["simulated"]["by_classifier"], real),
            "Dots with 95 % bootstrap intervals",
        )
    )


def novelty_section(evidence: Evidence) -> str:
    """HTML of the shares of events that are novel."""
    summary = evidence.result["novelty"]
    if evidence.novel_share.simulated is None:
        return f'<h2>Novelty</h2><p class="missing">Not judged: {escape(summary["missing"])}.</p>'
    text = (
        f"<p>{summary['simulated_share_novel']:.0%} of the simulated test events are called "
        "novel; by construction it is at most 5 % for events like those of calibration."
    )
    if "real_share_novel" in summary:
        text += (
            f" Of the real events {summary['real_share_novel']:.0%} are novel: their probabilities "
            "are extrapolations."
        )
    if summary.get("domain_auc", {}).get("value") is not None:
        text += (
            " A classifier that separates real from simulated events reaches a ROC AUC of "
            f"{summary['domain_auc']['value']:.2f} (0.5 is chance)."
        )
    return (
        "<h2>Novelty</h2>"
        + text
        + "</p>"
        + picture(
            comparison_figures.novelty_spread(
                evidence.novel_share.simulated, evidence.novel_share.real
            ),
            f"Detectors: {', '.join(summary['detectors'])}; dotted: called novel",
        )
    )


def curve_section(result: dict) -> str:
    """HTML of the learning curve; empty without one."""
    points = result["metrics"]["learning_curve"]
    if not points:
        return ""
    return (
        "<h2>Learning curve</h2><p>The same training on fewer stars, judged on the same test. "
        "A curve that still falls at its right end says that more simulation helps.</p>"
        + picture(
            comparison_figures.learning_curves(points),
            "Log-loss against the number of events fitted",
        )
    )


def real_section(evidence: Evidence) -> str:
    """HTML of curves, confusion matrices and metrics on real candidates, and of skipped ones."""
    title = "<h2>Real candidates</h2>"
    if not evidence.real:
        return (
            f'{title}<p class="missing">Real labels were not judged: '
            f"{escape(evidence.result['real_missing'])}.</p>"
        )
    real = evidence.result["sets"]["real"]
    text = (
        f"<p>{real['planets']} planets and {real['false_positives']} false positives on "
        f"{real['stars']} stars; {real['unknown']} candidates of unknown disposition were scored "
        "(predictions_real.csv) but not judged. The models were not trained on these stars.</p>"
    )
    judged = real["planets"] + real["false_positives"]
    body = (
        judged_figures(
            evidence.real,
            evidence.metrics["real"]["by_classifier"],
            meanings_from_plain(evidence.result["labels"]),
        )
        + metrics_table(evidence.metrics["real"]["by_classifier"])
        if judged
        else '<p class="missing">No candidate has a known disposition.</p>'
    )
    skipped = evidence.result["real_skipped"]
    return (
        title
        + text
        + body
        + plain_table(
            ["Why a candidate was skipped", "Candidates"],
            [[reason, count] for reason, count in skipped.items()],
            f"{sum(skipped.values())} real candidates could not be scored.",
        )
    )


def judged_figures(
    scored: Mapping[str, Scored], metrics: dict, meanings: Mapping[str, LabelMeaning]
) -> str:
    """HTML of curves and confusion matrices."""
    return picture(
        figures.curves(scored),
        "ROC curves, reliability (bins of equally many "
        "events, one standard error) and the distribution of P(planet)",
    ) + picture(
        figures.confusions(
            {name: numbers["confusion"] for name, numbers in metrics.items()}, meanings
        ),
        "Truth against the most probable scenario; shade is the share of a row",
    )


def metrics_table(metrics: dict) -> str:
    """HTML table of every metric with its interval, and the AUC against each false positive."""
    names = list(metrics)
    rows = [
        [
            metric.title + {True: " ↑", False: " ↓", None: ""}[metric.more_is_better],
            *(cell_html(metrics[name][key]) for name in names),
        ]
        for key, metric in METRICS.items()
    ]
    against = sorted({label for name in names for label in metrics[name].get("auc_against", {})})
    rows += [
        [
            f"ROC AUC against {escape(label)} ↑",
            *(cell_html(metrics[name]["auc_against"][label]) for name in names),
        ]
        for label in against
    ]
    return plain_table(
        ["Planet against the rest", *map(escape, names)],
        rows,
        "Brackets: 95 % of bootstrap sets of stars. ↑ more is better, ↓ less is.",
        escaped=True,
    )


def sky_section(evidence: Evidence) -> str:
    """HTML of the rates of every label and of the posteriors on the sky."""
    sky, metrics = evidence.result["sky"], evidence.metrics
    if "rates" not in sky:
        return f"<h2>On the sky</h2><p>No posterior on the sky: {escape(sky['missing'])}.</p>"
    rates = plain_table(
        ["Label", "share of the mixture", "systems per target", "events per system", "effective"],
        [
            [
                name,
                *(f"{rate[key]:.3g}" for key in ("share", "systems", "events")),
                f"{rate['effective']:.0f}",
            ]
            for name, rate in sky["rates"].items()
        ],
        "How often nature shows each kind of event. Effective: the number of equally weighted "
        "simulated events that say as much; a posterior needs some fifty of both kinds nearby.",
    )
    test = sky["test"]
    judged = (
        f"<p>The {test['rows']} simulated events of held-out stars, counted as often as nature has "
        f"them, are worth {test['effective_planets']:.0f} planets and "
        f"{test['effective_others']:.0f} others.</p>"
    )
    real = metrics["real_on_the_sky"]
    of_real = (
        "<h3>The same posteriors on the real events</h3><p>A catalogue of candidates holds fewer "
        "false alarms than a search finds, so that planets are more frequent there than on the "
        "sky.</p>" + metrics_table(real)
        if real
        else ""
    )
    return "<h2>On the sky</h2>" + rates + judged + metrics_table(metrics["population"]) + of_real


def gap_section(evidence: Evidence) -> str:
    """HTML of the features that separate simulated from real events."""
    if evidence.gap is None or evidence.real_table is None:
        return ""
    text = (
        "<h2>Simulated against real features</h2><p>Kolmogorov–Smirnov distance between the "
        "simulated and the real distribution of every feature (0: identical, 1: disjoint), for "
        "planets and for false positives. A large distance for planets is either an error of "
        "the simulation or a selection of the catalogue that the simulation lacks.</p>"
    )
    columns = ["planets", "false_positives", "missing_simulated", "missing_real"]
    rows = [
        [row["feature"], row["unit"], *(number_text(row[name]) for name in columns)]
        for row in evidence.gap.to_dict("records")
    ]
    image = ""
    if evidence.gap["worst"].notna().any():
        image = picture(
            figures.distributions(evidence.simulated_table, evidence.real_table, evidence.gap),
            "The features that differ most; values outside 1–99 % are in the outermost bins",
        )
    table = plain_table(
        ["Feature", "Unit", "Planets", "False positives", "Missing, simulated", "Missing, real"],
        rows,
        "",
    )
    return f"{text}{image}<details><summary>All features</summary>{table}</details>"


def origin_section(result: dict) -> str:
    """HTML of the labelled set: its simulation and its split."""
    counts = result["counts"]
    stages = list(dict.fromkeys(stage for row in counts.values() for stage in row))
    lost = [[f["stage"], f["reason"], f["count"]] for f in result["failures"]]
    parts = ["fit", "calibration", "test"]
    sets = [
        [part, *(result["sets"][part][key] for key in ("rows", "stars", "planets"))]
        for part in parts
    ]
    removed = result["removed"]
    notes = [
        f"{removed['rows_of_real_stars']} simulated rows were left out because their star "
        "is among the real candidates."
    ]
    if removed["empty_features"]:
        notes.append(
            "Features that are missing in every row and not used: "
            + ", ".join(removed["empty_features"])
            + "."
        )
    return (
        "<h2>The labelled set</h2>"
        + plain_table(
            ["Scenario", *stages],
            [[name, *(row.get(s, "") for s in stages)] for name, row in counts.items()],
            f"Simulated systems by scenario ({result['labelled_set']}).",
        )
        + plain_table(
            ["Part", "Events", "Stars", "Planets"],
            sets,
            "Every star is in one part only. " + " ".join(notes),
        )
        + plain_table(["Stage", "Why an example was lost", "Examples"], lost, "")
    )


def recipe_section(result: dict) -> str:
    """HTML of settings and versions, collapsed."""
    blocks = [
        ("Run", {key: result[key] for key in ("command", "seed", "date", "machine")}),
        ("Settings of this training", result["configuration"]),
        ("Version", result["version"]),
        ("Settings of the simulation", result["simulation_config"]),
    ]
    return "<h2>Recipe</h2>" + "".join(
        f"<details><summary>{title}</summary><pre>"
        f"{escape(json.dumps(block, indent=1, default=str))}</pre></details>"
        for title, block in blocks
    )


def plain_table(header: list[str], rows: list[list], caption: str, *, escaped: bool = False) -> str:
    """An HTML table; empty without rows. ``escaped`` says that cells are HTML already."""
    if not rows:
        return ""
    clean = str if escaped else (lambda cell: escape(str(cell)))
    head = "".join(f"<th>{clean(name)}</th>" for name in header)
    body = "".join(
        "<tr>" + "".join(f"<td>{clean(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f'<div class="wide"><table><caption>{escape(caption)}</caption><tr>{head}</tr>{body}'
        "</table></div>"
    )


def picture(png: bytes, caption: str) -> str:
    """An image inside the page, with its caption."""
    data = base64.b64encode(png).decode()
    return (
        f'<figure><img alt="{escape(caption)}" src="data:image/png;base64,{data}">'
        f"<figcaption>{escape(caption)}.</figcaption></figure>"
    )


def cell_html(number: dict) -> str:
    """HTML of a number and its interval, or of the reason why it is missing."""
    return f'{value_text(number)} <span class="range">{range_text(number)}</span>'


def value_text(number: dict) -> str:
    """The value of a number, or a dash."""
    return number_text(number["value"])


def range_text(number: dict) -> str:
    """The interval in brackets, or the reason why interval or value is missing."""
    if number["low"] is None:
        return escape(number.get("reason", ""))
    return f"[{number_text(number['low'])}, {number_text(number['high'])}]"


def number_text(value: float | None) -> str:
    """A value with three decimals; a dash for None."""
    return "–" if value is None or value != value else f"{value:.3f}"
