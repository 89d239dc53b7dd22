"""The simulated mailbox: every member's inbox on one page.

It takes mail by SMTP, keeps the newest few thousand in SQLite, and lets a
newcomer read, click, reply, bounce and complain as a member would.  Marked as
simulated on every page.  Start it with ``python -m simulators.mailbox``.
"""
