"""Every write of this room, by noun. Import the module: `drafts.answer(...)`, `decisions.decide(...)`."""
