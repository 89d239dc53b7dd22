"""Areas, boundaries, postcodes and cells."""
