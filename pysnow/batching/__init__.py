"""Many changes at once: several requests in one of the Batch API, over several sessions, each with its own outcome."""
