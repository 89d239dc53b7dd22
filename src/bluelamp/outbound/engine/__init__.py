"""What moves a frozen message to its people: the ledger, the letters, the pump.

``deliver`` and ``retry`` are the stages; this package is what both stand on.
The order of things is the whole point and is told in README.md.
"""
