"""Pages of the hotline: residents, desk, units, rates."""
