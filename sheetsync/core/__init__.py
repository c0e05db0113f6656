"""What is true: pure functions on frozen values. No clock, randomness or I/O."""
