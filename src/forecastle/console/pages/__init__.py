"""The pages, by their addresses; `console.app` imports them all."""
