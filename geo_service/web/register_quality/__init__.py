"""The staff's page of data quality, and verification."""
