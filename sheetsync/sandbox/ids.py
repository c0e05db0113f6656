"""Ids as Google draws them: by chance, or from a seed when the same ones are wanted again.

Nothing is kept safe by them; what must be a secret is drawn elsewhere.
"""

import random
import string
from typing import Final

_LETTERS: Final = string.ascii_letters + string.digits + "-_"
_CHANCE: Final = random.Random()  # noqa: S311


def number(most: int) -> int:
    """From 1 to `most`."""
    return _CHANCE.randint(1, most)


def text(letters: int) -> str:
    """So many of the letters that Google's ids are made of."""
    return "".join(_CHANCE.choices(_LETTERS, k=letters))


def drawn_from(seed: str) -> None:
    """From now on, in every sandbox of this process, the ids that follow from a seed."""
    _CHANCE.seed(seed)
