"""The index: built whole, published by one rename, searched by vectors and by words."""
