"""What is measured for everybody, what stands behind it for offices, and pilots."""
