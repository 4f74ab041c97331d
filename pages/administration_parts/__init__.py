"""The parts of the page of administration."""
