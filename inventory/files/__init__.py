"""Files: what people take out of sesgov and bring in; one kind, one file."""
