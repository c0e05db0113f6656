"""The engine: gathers through the ports, calls the pure core, applies what it says."""
