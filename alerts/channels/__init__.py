"""The ways out: one small class per kind, each with one verb, `send(message) → receipt`."""
