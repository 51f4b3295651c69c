"""Further APIs of the platform, a module each; they know the paths and the transport, and not each other."""
