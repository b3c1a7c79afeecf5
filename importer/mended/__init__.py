"""Takes dead letters back, as a person mended them."""
