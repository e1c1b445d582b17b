"""A station's own page, what people report from it, and its QR code."""
