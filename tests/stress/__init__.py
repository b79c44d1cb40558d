"""The comparison of big programs works: how outcomes are read, compared and shown. No test runs a suite."""
