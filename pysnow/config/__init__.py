"""Settings of a client: from arguments, the environment and files, each with where it came from."""
