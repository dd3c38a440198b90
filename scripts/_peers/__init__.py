"""What `scripts/peers` runs and judges: an adapter for each peer, its environment, and the rule for all."""
