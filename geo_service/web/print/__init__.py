"""What is printed: a sign for a station, a list for the crew of a township."""
