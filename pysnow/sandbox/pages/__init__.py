"""Pages for people: what the instance holds, what it was asked, and what goes wrong on purpose.

Plain HTML made on the server. They are read as the instance's administrator without a login, so they belong on the
loopback interface only; they stand before the instance, so that no fault reaches them and no log is full of them.
"""
