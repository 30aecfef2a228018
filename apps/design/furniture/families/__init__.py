"""One module a family: its declaration and the builder of its parts."""
