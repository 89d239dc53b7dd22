"""One folder a provider; only the registry knows their names."""
