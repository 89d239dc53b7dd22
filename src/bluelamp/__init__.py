"""Bluelamp: the platform on which a police force talks with its public."""
