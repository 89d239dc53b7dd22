"""Statistics that decide nothing: staffing, forecasts, and how good a ranking or grouping is."""
