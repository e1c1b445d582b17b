"""The applications that the service is measured against, each run by granian."""
