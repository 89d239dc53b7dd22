"""What the public reaches of cases: each citizen their own, by a code."""
