"""The outcome of a training in sentences."""

from __future__ import annotations

from exoval.labels import meanings_from_plain, short_label


def verdict(result: dict) -> list[str]:
    """Sentences on what was trained, and on how good each classifier is."""
    names = result["metrics"]["simulated"]["by_classifier"]
    return [
        trained_on(result),
        *(judged(name, result) for name in names),
        *(errors_hold(name, result) for name in names),
    ]


def trained_on(result: dict) -> str:
    """A sentence on the classifiers and their training set."""
    sets, host = result["sets"], result["host"]
    kind = {"real": "real light curves", "procedural": "procedural noise"}.get(
        host.get("kind"), "light curves of unknown origin"
    )
    mission = f" of {host['mission']}" if "mission" in host else ""
    meanings = meanings_from_plain(result["labels"])
    alternatives = [
        short_label(name, meanings)
        for name, meaning in meanings.items()
        if not meaning.counts_as_planet
    ]
    against = f" against {_listed(alternatives)}" if alternatives else ""
    names = list(result["metrics"]["simulated"]["by_classifier"])
    return (
        f"{_listed(names)} learned planets{against} from "
        f"{sets['fit']['rows']} events simulated in {kind}{mission} ({sets['fit']['stars']} "
        f"stars); {_calibrated(result)}."
    )


def _calibrated(result: dict) -> str:
    """The part of the sentence on the calibration."""
    folds = next(iter(result["cards"].values()))["calibration_folds"]
    part = result["sets"]["calibration"]
    if folds == 0:
        return (
            f"probabilities are calibrated on {part['rows']} events of {part['stars']} other stars"
        )
    return (
        f"with {part['rows']} events of {part['stars']} other stars, probabilities are "
        f"calibrated on all of them in {folds} folds of stars, each scored by a copy fitted "
        "without it"
    )


def judged(name: str, result: dict) -> str:
    """A sentence on the quality of one classifier on simulated and on real events."""
    test, metrics = result["sets"]["test"], result["metrics"]
    ours = metrics["simulated"]["by_classifier"][name]
    text = (
        f"{name}: ROC AUC {_with_range(ours['roc_auc'])} on {test['rows']} simulated events of "
        f"{test['stars']} held-out stars{_against_base_rate(ours)}"
    )
    if name not in metrics["real"]["by_classifier"]:
        return f"{text}; real candidates were not judged: {result['real_missing']}."
    theirs, real = metrics["real"]["by_classifier"][name], result["sets"]["real"]
    return (
        f"{text}. On {real['planets']} real planets and {real['false_positives']} real false "
        f"positives ROC AUC {_with_range(theirs['roc_auc'])}{_against_base_rate(theirs)}."
    )


def errors_hold(name: str, result: dict) -> str:
    """A sentence on the errors of a classifier's probabilities."""
    found = result["metrics"]["error_coverage"][name]
    if "missing" in found:
        return f"{name} has no errors of probabilities: {found['missing']}."
    shares = " and ".join(
        f"{100 * found[kind]['within_1_sigma']:.0f} % and "
        f"{100 * found[kind]['within_2_sigma']:.0f} % on {kind} events"
        for kind in ("simulated", "real")
        if found.get(kind)
    )
    return (
        f"Errors of {name}: two models of different stars are within one and within two errors of "
        f"each other in {shares} (68 % and 95 % if errors hold)."
    )


def _against_base_rate(numbers: dict) -> str:
    """The part of the sentence that compares log-loss with the base rate's."""
    loss, base = numbers["log_loss"]["value"], numbers["base_rate_log_loss"]["value"]
    if loss is None or base is None:
        return ""
    if loss < base:
        return f", log-loss {loss:.3f} (base rate {base:.3f})"
    return (
        f"; its probabilities are worse than the base rate there (log-loss {loss:.3f} against "
        f"{base:.3f}), so trust the ranking but not the probabilities"
    )


def _with_range(number: dict) -> str:
    if number["value"] is None:
        return f"undefined ({number['reason']})"
    if number["low"] is None:
        return f"{number['value']:.3f}"
    return f"{number['value']:.3f} ({number['low']:.3f} to {number['high']:.3f})"


def _listed(names: list[str]) -> str:
    """The names as text: a, b and c."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]
