"""Tests of the documentation: its programs run, its links lead somewhere, and what it names exists."""
