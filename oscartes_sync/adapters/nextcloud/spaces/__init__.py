"""What a cloud holds for working groups and projects: teams, folders, calendars, archives."""
