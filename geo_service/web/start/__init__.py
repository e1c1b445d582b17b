"""The start page and the coverage table: the way in, for people."""
