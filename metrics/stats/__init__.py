"""Statistics as pure functions on numbers: no database, no metric."""
