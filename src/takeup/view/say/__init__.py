"""Words, charts and the plain parts that all pages are made of."""
