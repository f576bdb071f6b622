"""What each event found in a simulated star is: the signal, its secondary, or something else."""

from __future__ import annotations

from collections.abc import Sequence

from simulate.recover import Recovery

#: the injected signal at its period or an alias; the other eclipse of a pair; what the removal of
#: either left, or an alias of it; variability, systematics and noise of the star
SIGNAL, SECONDARY, LEFTOVER, OTHER = "signal", "secondary", "leftover", "other"
#: kinds of events that have the scenario's own label; all others are no transits
OF_THE_SCENARIO = (SIGNAL, SECONDARY)
#: the scenario, and label, of events that nothing transits in
NOTHING = "no_transit"


def kinds_of_events(matches: Sequence[Recovery], *, injected: bool = True) -> list[str]:
    """Return the kind of every event of a star, from their matches in the order of discovery.

    The first event that matches the injected signal is the signal, at whichever eclipse. The first
    that matches the other eclipse is the secondary. A further match at an eclipse that was taken
    out already is what its removal left. Where nothing is ``injected``, the first event stands for
    the example.

    >>> kinds_of_events([Recovery("same"), Recovery(), Recovery("same", at_secondary=True)])
    ['signal', 'other', 'secondary']
    """
    if not injected:
        return [OTHER if number else SIGNAL for number in range(len(matches))]
    kinds: list[str] = []
    eclipses: list[bool] = []
    for match in matches:
        if not match.found:
            kinds.append(OTHER)
        elif match.at_secondary in eclipses:
            kinds.append(LEFTOVER)
        else:
            kinds.append(SECONDARY if eclipses else SIGNAL)
            eclipses.append(match.at_secondary)
    return kinds
