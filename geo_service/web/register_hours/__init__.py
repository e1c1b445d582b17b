"""Opening hours as a form: rows of days and times, and words for what rows cannot say."""
