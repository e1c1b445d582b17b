"""The register in the phone's pocket: its document, its service worker, its manifest."""
