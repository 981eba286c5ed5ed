"""From records to links, with or without seeing identifiers."""
