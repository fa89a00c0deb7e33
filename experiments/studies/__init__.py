"""The studies that come with the package: one TOML file each, described in README.md."""
