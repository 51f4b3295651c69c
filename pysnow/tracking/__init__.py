"""What has happened to a table: its history, its changes, and watching for them."""
