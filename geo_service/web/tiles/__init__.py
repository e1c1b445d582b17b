"""Vector tiles: the tiles, what describes them, and an example of a map that draws them."""
