"""The history at the staff's desk: who changed what, how things were, and changes taken back."""
