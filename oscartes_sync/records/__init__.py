"""What both sides speak of, free of Bazar and of iCalendar."""
