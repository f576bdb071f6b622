"""The page of a judged event: its pictures, and the answer beside the title."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

from exoval.errors import DataNotFound
from exoval.pages.event_page import event_page
from exoval.pages.plot_event import plot_event
from exoval.search.box_search import BoxSearch
from exoval.vetting.trained_run import TrainedRun
from exoval.vetting.vet import VettingResult


def write_vetted_page(
    vetted: VettingResult, run: TrainedRun, folder: Path, answers: Sequence[str]
) -> Path:
    """Draw the page of an event that ``run`` judged, named after it; return where it lies.

    Raises DataNotFound if it cannot be written, MissingDependency without matplotlib.
    """
    method, raw = run.recipe, vetted.folded.undetrended
    search = run.search if isinstance(run.search, BoxSearch) else None
    page = event_page(
        raw,
        vetted.folded.star,
        vetted.event,
        search,
        method.detrend,
        method.features,
        method.mission.time_zero,
    )
    figure = plot_event(page)
    # beside the title, which is narrower than four fifths of the page
    lines = [
        part
        for line in answers
        for part in textwrap.wrap(line, 42, subsequent_indent="  ", break_long_words=False)
    ]
    figure.text(0.79, 0.995, "\n".join(lines), va="top", fontsize=8.5, family="monospace")
    path = folder / f"{vetted.name.replace(' ', '_').replace('/', '_')}.png"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=100)
    except (OSError, ValueError) as error:
        raise DataNotFound(f"cannot write {path} ({error}); choose another --pages") from error
    return path
