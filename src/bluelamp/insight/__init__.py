"""What is seen from above: figures, and what is behind each of them."""
