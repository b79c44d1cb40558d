"""The torture run works: its plans and tempers come from their seeds, and what goes wrong in a round is found."""
