"""The rules of the house, each a checker and the test that it can fail."""
