"""The rules, as pure functions over plain values: no RDF, no files, no clock."""
