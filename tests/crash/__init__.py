"""Delivery under kill -9: of the worker, and of PostgreSQL."""
