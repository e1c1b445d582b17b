"""Pages for signing in, and for the accounts and tokens of those who keep the register."""
