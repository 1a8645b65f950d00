"""What texts have in common, and what one changed of another: copies, stories, edits. Pure modules."""
