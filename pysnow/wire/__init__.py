"""Sending: one call in as many attempts as its policy and its deadline allow, and the bytes that come back."""
