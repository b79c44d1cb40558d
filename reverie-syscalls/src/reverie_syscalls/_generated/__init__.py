"""What generator/generate.py makes of tables/*.toml; nobody edits it."""
