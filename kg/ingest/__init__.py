"""The reader: a folder of tables and YAML files, or a table of events → a dossier, and every problem in it.

files, tables, yaml_files    bytes → text → rows that know their line
columns, values, phrases     which columns there are; cell → value; figure phrase → numbers
names                        name or alias → what it stands for
declarations                 dossier.yaml, events, actors, places, measures, populations
documents, reports, nested   rows → documents and the claims in them
folder, dossier              a folder → its files → a `Reading`
mapping, mappings/           which column of a table of events means what
event_rows, event_tables     a row of such a table → its counts; a table and a mapping → a `Reading`
"""

from kg.ingest.columns import TABLES
from kg.ingest.dossier import Reading, read_dossier
from kg.ingest.event_tables import read_event_table
from kg.ingest.mapping import load_mapping, mapping_names

__all__ = ["TABLES", "Reading", "load_mapping", "mapping_names", "read_dossier", "read_event_table"]
