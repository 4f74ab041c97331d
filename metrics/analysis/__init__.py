"""What answers mean together: each module asks and applies statistics, and returns frozen records to draw."""
