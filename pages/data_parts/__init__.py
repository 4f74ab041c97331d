"""Parts of the Data page, one module each; `show(desk)` draws it."""
