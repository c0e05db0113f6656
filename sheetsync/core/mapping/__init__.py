"""Which column of a table is which field: by its header, and by what stands in it."""

from sheetsync.core.mapping.guessed import Guess, Guesses

__all__ = ["Guess", "Guesses"]
