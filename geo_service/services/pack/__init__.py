"""Coverage taken along: a workbook, a briefing, a picture and files for a GIS, of one content."""
