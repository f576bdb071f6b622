"""What the search found in a simulated star: each event, its orbit, and the orbits it missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exoval.event import TransitEvent
from simulate.event_kinds import FURTHER, MISSED, SIGNAL, kinds_of_events
from simulate.recover import Recovery


@dataclass(frozen=True)
class FoundEvents:
    """Events in the order of discovery, the match of each, and the number of injected orbits.

    ``searched`` is false for a star whose signals are all too weak to be searched for.
    """

    events: Sequence[TransitEvent]
    matches: Sequence[Recovery]
    orbits: int
    searched: bool = True

    @property
    def kinds(self) -> list[str]:
        """The kind of every event."""
        return kinds_of_events(self.matches, injected=self.orbits > 0)

    def rows(self, *, several: bool) -> list[tuple[int | None, int | None]]:
        """Return the index of the event and the number of the orbit of every row of the star.

        The first row stands for the star: the signal or, where it was missed, the first further
        signal. With ``several`` the other events follow. The last rows are the orbits that no row
        belongs to. The event is None in the row of a missed orbit, the orbit in that of an event
        without one.
        """
        kinds = self.kinds
        own = next((kinds.index(kind) for kind in (SIGNAL, FURTHER) if kind in kinds), None)
        rows = [(own, self._orbit(own))]
        if several:
            others = (place for place in range(len(kinds)) if place != own)
            rows += [(place, self._orbit(place)) for place in others]
        known = {orbit for _, orbit in rows}
        return rows + [(None, orbit) for orbit in range(self.orbits) if orbit not in known]

    def _orbit(self, place: int | None) -> int | None:
        """Number of the orbit of an event, or of the first one where none was found."""
        if self.orbits == 0 or (place is not None and not self.matches[place].found):
            return None
        return 0 if place is None else self.matches[place].orbit

    def truth(self, place: int | None, orbit: int | None) -> dict[str, float | str]:
        """Return what was found at a place, for the table of truths; without one, the first event.

        ``orbit_number`` counts from 1 and is given where a star has several orbits.
        """
        truth = self._found(place) if self.searched else {}
        if self.orbits > 1:
            truth["event_kind"] = MISSED if place is None else self.kinds[place]
            if orbit is not None:
                truth["orbit_number"] = 1.0 + orbit
        return truth

    def _found(self, place: int | None) -> dict[str, float | str]:
        match = Recovery() if place is None else self.matches[place]
        truth = {"alias": match.alias, "at_secondary": float(match.at_secondary)}
        if not self.events:
            return truth
        event = self.events[place or 0]
        found_values = {
            "found_period_days": event.ephemeris.period,
            "found_epoch_days": event.ephemeris.epoch,
            "found_snr": event.signal_to_noise,
        }
        truth = found_values | truth
        if len(self.events) > 1:
            truth["found_as"] = float(1 + (place or 0))
            truth["event_kind"] = "" if place is None else self.kinds[place]
        return truth
