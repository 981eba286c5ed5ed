"""Adversaries, one noun a file: each sees a release and its own knowledge, and makes claims."""
