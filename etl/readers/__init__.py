"""What a sender's bytes hold: tables of text out of files of every kind, with nothing understood yet."""
