"""The contestants, one file each; each runs in a process, and an interpreter, of its own."""
