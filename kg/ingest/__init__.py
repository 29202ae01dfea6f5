"""The reader: a folder of tables and YAML files → a dossier, and every problem in it.

files, tables, yaml_files    bytes → text → rows that know their line
columns, values, phrases     which columns there are; cell → value; figure phrase → numbers
names                        name or alias → what it stands for
declarations                 dossier.yaml, events, actors, places, measures, populations
documents, reports, nested   rows → documents and the claims in them
folder, dossier              a folder → its files → a `Reading`
"""

from kg.ingest.dossier import Reading, read_dossier

__all__ = ["Reading", "read_dossier"]
