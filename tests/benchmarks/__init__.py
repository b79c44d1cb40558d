"""The benchmarks work: their arithmetic, their output, and one short run. No test asserts a time."""
