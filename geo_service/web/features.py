"""Stations as GeoJSON text, written once per station and datum, with holes for what changes.

A feature's text is the same for every question but for its distance, its walk and whether its
services are open. So it is made once, by the builders of ``geojson``, with marks where those go,
and parted at the marks. What is answered is then a join of text.
"""
