"""What people and programs see: text in, text out; faces decide nothing."""
