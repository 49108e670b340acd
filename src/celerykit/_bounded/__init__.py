"""A send that ends in known time with a known outcome: network work is done beside the caller."""
