"""What goes wrong on order: faults and their schedule, quotas, reads from the past, and how a client orders them."""
