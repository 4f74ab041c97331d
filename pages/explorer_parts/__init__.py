"""Parts of the metric explorer."""
