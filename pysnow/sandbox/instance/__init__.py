"""What an instance does with records, whatever the protocol in front of it; ``instance.Instance`` is the door."""
