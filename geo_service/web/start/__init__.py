"""What the service is, and the coverage table: pages for whoever looks after it."""
