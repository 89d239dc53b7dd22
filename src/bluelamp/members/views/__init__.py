"""Officers' pages: find one member, keep the lists, take people in, count audiences.

Nobody leafs through the membership: an officer searches for what they know,
says why before a record opens, and each opening is in the record.
"""
