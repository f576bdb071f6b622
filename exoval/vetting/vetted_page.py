"""The page of a judged event: its figures, and the probabilities beside the title."""

from __future__ import annotations

import textwrap
from pathlib import Path

from exoval.pages.event_page import event_page
from exoval.pages.plot_event import plot_event, save_page
from exoval.recipe import Recipe
from exoval.running.output_path import file_name, make_folder
from exoval.vetting.result import VettingResult

#: lines of the answer that fit beside the title, and the height of one
TITLE_LINES, LINE_INCHES = 4, 0.15


def write_vetted_page(result: VettingResult, recipe: Recipe, folder: Path) -> Path:
    """Draw the page of an event as it was judged; return the path, named after the event.

    ``recipe`` is that of the run that judged it. Raises DataNotFound if the page cannot be
    written, ExovalError without matplotlib.
    """
    figure = plot_event(event_page(result.measured, recipe))
    # beside the title, which takes less than four fifths of the width
    lines = [
        part
        for line in result.answers()
        for part in textwrap.wrap(line, 42, subsequent_indent="  ", break_long_words=False)
    ]
    # the title has room for four lines; the panels make way for more
    more = max(len(lines) - TITLE_LINES, 0) * LINE_INCHES / figure.get_figheight()
    figure.get_layout_engine().set(rect=(0, 0, 1, 1 - more))
    figure.text(0.79, 0.995, "\n".join(lines), va="top", fontsize=8.5, family="monospace")
    path = page_path(folder, result.name)
    make_folder(folder, setting="--pages")
    save_page(figure, path, setting="--pages")
    return path


def page_path(folder: Path, name: str) -> Path:
    """The file of the page of the event with this name."""
    return folder / f"{file_name(name)}.png"
