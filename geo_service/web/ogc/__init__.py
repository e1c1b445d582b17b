"""OGC API under /ogc: pygeoapi, behind routes of this service."""
