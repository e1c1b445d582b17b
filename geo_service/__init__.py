"""Rest stations and free breakfasts for outdoor workers, as a geospatial service."""
