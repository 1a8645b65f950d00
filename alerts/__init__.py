"""Messages out: match documents against rules, decide, render and deliver."""
