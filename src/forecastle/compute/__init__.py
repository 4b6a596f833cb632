"""Executors: where training's tasks run."""
