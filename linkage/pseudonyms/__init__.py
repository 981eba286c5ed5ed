"""Pseudonym schemes: what stands in a record in place of an identifier, a file a scheme."""
