"""The tests of all packages; see CONTRIBUTING.md."""
