"""What each event found in a simulated star is: the signal, its secondary, or something else."""

from __future__ import annotations

from collections.abc import Sequence

from simulate.recover import Recovery

#: the injected signal at its period or an alias; the other eclipse of a pair; what the removal of
#: either left, or an alias of it; variability, systematics and noise of the star
SIGNAL, SECONDARY, LEFTOVER, OTHER = "signal", "secondary", "leftover", "other"
#: the signal of a further orbit in the star, such as its second planet; an orbit, the first or a
#: further one, that no event was matched with
FURTHER, MISSED = "further_signal", "missed"
#: kinds of events that have the scenario's own label; all others are no transits
OF_THE_SCENARIO = (SIGNAL, SECONDARY, FURTHER)
#: the scenario, and label, of events that nothing transits in
NOTHING = "no_transit"


def kinds_of_events(matches: Sequence[Recovery], *, injected: bool = True) -> list[str]:
    """Return the kind of every event of a star, from their matches in the order of discovery.

    The first event that matches the injected signal is the signal, at whichever eclipse. The first
    that matches the other eclipse is the secondary. A further match at an eclipse that was taken
    out already is what its removal left. Matches of orbits after the first are told in the same
    way, each orbit for itself, and are further signals. Where nothing is ``injected``, the first
    event stands for the example.

    >>> kinds_of_events([Recovery("same"), Recovery(), Recovery("same", at_secondary=True)])
    ['signal', 'other', 'secondary']
    """
    if not injected:
        return [OTHER if number else SIGNAL for number in range(len(matches))]
    kinds: list[str] = []
    found: dict[int, list[bool]] = {}
    for match in matches:
        eclipses = found.setdefault(match.orbit, [])
        if not match.found:
            kinds.append(OTHER)
        elif match.at_secondary in eclipses:
            kinds.append(LEFTOVER)
        else:
            first = FURTHER if match.orbit else SIGNAL
            kinds.append(SECONDARY if eclipses else first)
            eclipses.append(match.at_secondary)
    return kinds
