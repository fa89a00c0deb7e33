"""Saved results: folders that appear whole or not at all, their manifests and provenance."""
