"""What happens to people in the window, an event of life a file."""
