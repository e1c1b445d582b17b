"""The only floor that speaks SQL and opens files."""
