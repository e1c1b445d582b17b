"""The whole register as files to take along: tables that can be read in again, layers of maps."""
