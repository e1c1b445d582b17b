"""The pages of the maps."""
