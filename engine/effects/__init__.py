"""What goes out of a case: `values` says which effects follow from a decision; the rest carries them out."""
