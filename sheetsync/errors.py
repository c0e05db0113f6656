"""Every error a person can meet: one line that says where and what to do next, and the exit code it stands for."""


class SheetsyncError(Exception):
    """World trouble, told in one line.

    Attributes: `exit_code` (the README lists them), `remedy` (what to type or click next, may be empty).
    """

    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy

    def __str__(self) -> str:
        text = super().__str__()
        return f"{text} {self.remedy}".strip()


class ConfigError(SheetsyncError):
    """The configuration cannot be used; the message holds every problem, one a line."""

    exit_code = 2


class UsageError(SheetsyncError):
    """The command line asks for something that does not exist."""

    exit_code = 2


class Transient(SheetsyncError):
    """Trouble that may pass by itself: worth another attempt within the retry budget."""

    def __init__(self, message: str, remedy: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, remedy)
        #: seconds the other side asked us to wait, if it did
        self.retry_after = retry_after


class AnswerLost(Transient):
    """A write was sent and no usable answer came back: it may or may not have been applied."""


class Unreachable(SheetsyncError):
    """One source cannot be read or written now; the others go on."""

    exit_code = 14


class Refused(SheetsyncError):
    """The other side said no for good: not found, not shared, a protected range, a malformed request."""

    exit_code = 14


class GuardStopped(SheetsyncError):
    """A brake held a dangerous plan back; the remedy names what to type to let it pass."""

    exit_code = 12


class PlanMoved(SheetsyncError):
    """What a saved plan rests on has changed, so it is not what would be written now."""

    exit_code = 12


class LockHeld(SheetsyncError):
    """Another run is at work."""

    exit_code = 13


class Postponed(SheetsyncError):
    """A daemon's turn was over before this was begun: nothing was sent, the next turn does it."""

    exit_code = 14
