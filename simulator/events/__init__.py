"""What happens to people: a file a service, each with its rates and their sources."""
