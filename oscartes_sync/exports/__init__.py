"""The files for everybody: a view of the wiki in, the bytes of one open format out.

One module a format. Nothing here knows the time or a disk: for equal entries the bytes are equal.
"""
