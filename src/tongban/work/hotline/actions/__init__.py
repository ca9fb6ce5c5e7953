"""Every write of the hotline, by noun: tickets, disputes, replies, call-backs, reporters, duplicates."""
