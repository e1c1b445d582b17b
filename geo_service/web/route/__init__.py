"""The page `/route`: what somebody passes on their way."""
