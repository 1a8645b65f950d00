"""The floor of the house: the nouns, the identity of things, and the only SQL."""
