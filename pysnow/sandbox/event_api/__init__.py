"""Event Management: events pushed by monitoring tools, and the alerts made from them."""
