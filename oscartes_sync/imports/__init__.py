"""Tables that come back: a spreadsheet read again, and what its rows say otherwise.

Pure: bytes and records in, values and Problems out. `exports.tables` is the way out.
"""
