"""Every write of the room: matching a subject, what its owner does, what an office does, what time does."""
