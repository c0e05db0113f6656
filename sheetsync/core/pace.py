"""How often a daemon looks: fast after a change, slower while it is quiet, rarely at what keeps failing."""

from dataclasses import dataclass

#: each quiet turn makes the next wait longer by this factor
_SLOWER = 1.5
#: waits differ by up to this share, so that two daemons do not knock together for ever
_JITTER = 0.1
#: shares of a turn's deadline after which no sheet is looked at any more, and none is read again to be written
_LOOKING = 0.5
_READING = 0.75


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The settings of a daemon; the section `daemon` explains each (`config.shape`). All times are in seconds."""

    interval: float = 30
    slowest: float = 120
    sweep: float = 600
    deadline: float = 300
    #: failures in a row
    quarantine_after: int = 3
    quarantine_longest: float = 3600

    @property
    def looking(self) -> float:
        """How long a turn may look at sheets, so that time is left to act on what was found."""
        return self.deadline * _LOOKING

    @property
    def reading(self) -> float:
        """How long a turn may read what it is going to write: what was read is then written in the same turn."""
        return self.deadline * _READING

    @property
    def overdue(self) -> float:
        """Without the end of a turn for so long, something is wrong: three waits, or the longest turn and a wait."""
        return max(3 * self.slowest, self.deadline + self.slowest)

    def next_wait(self, before: float, news: bool) -> float:
        """How long to wait after a turn, given how long was waited before it."""
        return self.interval if news else min(self.slowest, max(self.interval, before * _SLOWER))

    def quarantine(self, failures: int) -> float:
        """How long what failed so often in a row is left alone; 0 while it is asked at each turn."""
        beyond = failures - self.quarantine_after
        if beyond < 0:
            return 0.0
        # 2 ** 60 waits are longer than any bound, and larger powers are no floats.
        return min(self.quarantine_longest, self.interval * 2.0 ** min(beyond + 1, 60))


def jittered(seconds: float, chance: float) -> float:
    """About so long; `chance` is from 0 to 1."""
    return seconds * (1 + _JITTER * (2 * chance - 1))
