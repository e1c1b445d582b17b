"""The list of stations and the form of each, for the staff who keep the register."""
