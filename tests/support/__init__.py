"""What tests share: compiled guests, probes for programs, and the check for leftovers."""
