"""Signing in with OAuth: grants, tokens, and where they are kept."""
