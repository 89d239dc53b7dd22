"""The console's pages of figures: how it stands now, who is needed, which promises were kept."""
