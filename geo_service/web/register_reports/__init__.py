"""The staff's queue of reports."""
