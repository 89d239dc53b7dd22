"""From files to areas and postcodes: read everything, refuse or store it all."""
