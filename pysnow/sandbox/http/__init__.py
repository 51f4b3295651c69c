"""HTTP side of the sandbox: a WSGI application, what all its APIs share, and the loopback server below it."""
