"""Pages of the market: the shop for everybody, contracts for buyers, the back office for the operator."""
