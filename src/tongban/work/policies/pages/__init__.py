"""Pages of the room: policies for everybody, benefits for their owner, entitlements for an office."""
