"""One revision a file, each written once and never edited: files out there have already been through it."""
