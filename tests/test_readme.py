"""The README's picture is what people really see, and its program runs."""

import re
import subprocess
import sys
from pathlib import Path

from tests.season import SEASON, TOP, season

UTM = "1NorthlightUtmBuilderQ42026demo0000000003"


def test_the_picture_of_a_flagged_sheet_is_true(tmp_path: Path) -> None:
    picture = next(block for block in (TOP / "README.md").read_text().split("```") if "ss:status" in block)
    rows = [line for line in picture.splitlines() if re.match(r"\d", line)]
    assert len(rows) >= 6
    with season(tmp_path, SEASON) as loaded:
        loaded.reconcile()
        grid = loaded.sandbox.grid(UTM, "Builder")
    for line in rows[1:]:
        number, *cells = re.split(r"\s{2,}", re.sub(r"^(\d+) ", r"\1  ", line).strip())
        shown = grid[int(number) - 1]
        seen = [shown[column] for column in (0, 3, 4, 5, 9, 12, 14)]
        assert len(cells) == len(seen), line
        for drawn, real in zip(cells, seen, strict=True):
            assert real.startswith(drawn.rstrip("…")), (drawn, real)


def test_the_program_with_a_sandbox_does_what_it_says(tmp_path: Path) -> None:
    program = next(block for block in (TOP / "README.md").read_text().split("```") if block.startswith("python\n"))
    file = tmp_path / "program.py"
    file.write_text(program.removeprefix("python\n"))
    done = subprocess.run([sys.executable, file], capture_output=True, text=True, timeout=60, check=False, cwd=TOP)
    assert (done.stderr, done.stdout) == ("", "503 [['id', 'days'], ['NL-1', '42'], ['NL-2', '']]\n")
