"""Violence in an invented town: where it happens, whom it hurts, and who writes it down."""
