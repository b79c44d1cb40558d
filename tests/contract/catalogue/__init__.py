"""The reference system's own tests, row by row, as tests of the contract: each says what has to hold here."""
