"""Files of one Nextcloud account: a folder looked at, its files read, sent, moved and linked to.

Nothing here knows a record. Paths are relative to the folder, NFC, parts joined by a slash; a
file is its Nextcloud file id, whatever its name; ETags keep their quotes.
"""
