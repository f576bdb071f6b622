"""What every file of results has: one frame, one vocabulary, an interval for every number."""

from collections.abc import Iterator
from datetime import date

from train.judging.metrics import METRICS
from train.report.result_file import FRAME

#: numbers of judging that are no entry of ``METRICS``: other questions, or made of entries
FURTHER = {
    "auc_against",
    "domain_auc",
    "roc_auc_drop",
    "accuracy_of_classes",
    "multiclass_log_loss",
    "share_found",
}
#: settings and descriptions that stand among the numbers
DESCRIPTIONS = {
    "share",
    "from",
    "to",
    "estimated_shares",
    "effective_rows",
    "seconds",
    "radius_earth",
    "period_days",
}
#: records of settings, which have names of their own
SETTINGS = {"configuration", "recipe", "simulation_config", "cards", "tuning"}


def problems(result: dict) -> list[str]:
    """What is wrong with a result as it was read from its file."""
    return [
        *(f"{key} is missing" for key in FRAME if key not in result),
        *wrong_frame(result),
        *(f"{'/'.join(path)}: {what}" for path, what in wrong_numbers(result, (), False)),
    ]


def wrong_frame(result: dict) -> Iterator[str]:
    """Entries of the frame that do not say what they should."""
    said = {
        "command": str(result.get("command")).startswith("python "),
        "configuration": isinstance(result.get("configuration"), dict),
        "seed": isinstance(result.get("seed"), int),
        "version": {"exoval", "python"} <= set(result.get("version", ())),
        "date": bool(date.fromisoformat(result.get("date", ""))),
        "machine": set(result.get("machine", ())) == {"processor", "cores", "memory_gib"},
        "metrics": '"value"' in repr(result.get("metrics")).replace("'", '"'),
    }
    yield from (f"{key} is {str(result.get(key))[:60]}" for key, right in said.items() if not right)


def wrong_numbers(node: object, path: tuple[str, ...], judged: bool) -> Iterator[tuple]:
    """Numbers without an interval where ``judged``: under ``metrics`` or a name of a metric."""
    if isinstance(node, dict) and "value" in node:
        yield from ((path, what) for what in wrong_interval(node))
    elif isinstance(node, dict):
        for key, item in node.items():
            known = key in METRICS or key in FURTHER or key == "metrics"
            if key not in SETTINGS | DESCRIPTIONS:
                yield from wrong_numbers(item, (*path, key), judged or known)
    elif isinstance(node, list):
        for number, item in enumerate(node):
            yield from wrong_numbers(item, (*path, str(number)), judged)
    elif judged and (isinstance(node, float) or (path[-1] in METRICS)):
        yield path, f"{node} has no interval"


def wrong_interval(number: dict) -> Iterator[str]:
    """What is wrong with one ``{value, low, high}``."""
    if not {"value", "low", "high"} <= set(number) <= {"value", "low", "high", "reason", "n"}:
        yield f"keys are {', '.join(number)}"
        return
    ends = [number[key] for key in ("value", "low", "high")]
    if None in ends and not number.get("reason"):
        yield "nothing says why a value or an interval is missing"
    if None not in ends[1:] and not ends[1] <= ends[2]:
        yield f"the interval {ends[1:]} is empty"
