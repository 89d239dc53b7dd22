"""The journeys of people through the product, each in a real browser from end to end."""
