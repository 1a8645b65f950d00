"""Rules that tell once enough has matched: counts and spikes."""
