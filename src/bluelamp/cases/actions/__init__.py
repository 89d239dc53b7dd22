"""What officers do to cases: a file for each kind of act."""
