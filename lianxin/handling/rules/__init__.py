"""Pure rules of the engine: clocks, the derivation from events, and who may do what."""
