"""The layer all studios stand on: it knows machines, not domains, and imports no app."""
