"""Which column of a table is which field: by its header, and by what stands in it."""

from sheetsync.core.mapping.guessed import Guess, Guesses
from sheetsync.core.mapping.guessing import guess
from sheetsync.core.mapping.spellings import HeaderWords, Naming

__all__ = ["Guess", "Guesses", "HeaderWords", "Naming", "guess"]
