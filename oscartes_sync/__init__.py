"""OSCARTES: YesWiki's Bazar forms and Nextcloud kept as one, both ways, losing nothing."""

__version__ = "0.1.0"
