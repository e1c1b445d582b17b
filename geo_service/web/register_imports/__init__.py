"""The desk's pages of imports: a file sent, what it would do, and the button that does it."""
