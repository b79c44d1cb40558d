"""The tests of the example tools, run as users run them."""
