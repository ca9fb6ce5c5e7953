"""Pages of this room, split by noun. Whatever they write goes through `actions`."""
