"""What a protocol needs of a plan: its sample-size statement, what is missing, and a bundle."""
