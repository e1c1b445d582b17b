"""What a station's keeper sees by a link of their own, and where staff make such links."""
