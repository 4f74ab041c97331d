"""Parts of the application around every page."""
