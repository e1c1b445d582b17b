"""The pages of scenarios: those there are, a form for another, and what one would change."""
