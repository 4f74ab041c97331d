"""Parts of the page of targets and events."""
