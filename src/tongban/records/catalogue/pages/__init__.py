"""Pages of the catalogue: for everybody, and for the offices that ask and share."""
