"""What reads cases, each reader in a file of its own."""
