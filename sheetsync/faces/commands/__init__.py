"""The commands, a file for each thing people come for. Each parses, calls once and prints."""
