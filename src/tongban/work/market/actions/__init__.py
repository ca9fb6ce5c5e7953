"""Every write of this room, by noun. Import the module: `contracts.order(...)`, `settlement.settle_month(...)`."""
