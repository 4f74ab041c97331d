"""Parts of the page "To act on"."""
