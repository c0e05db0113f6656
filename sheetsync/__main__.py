"""`python -m sheetsync` is the command."""

from sheetsync.faces.cli import main

main()
