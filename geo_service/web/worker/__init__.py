"""The worker's page: the nearest place to rest or eat, on a cheap phone, at five in the morning."""
