"""What a client does, made visible: counters, hooks, and lines on the terminal."""
