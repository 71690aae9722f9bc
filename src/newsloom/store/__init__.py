"""State: the events, their index and what was decided. Redis holds it all."""
