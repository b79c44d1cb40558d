"""Tests of reverie_syscalls."""
