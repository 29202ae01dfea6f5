"""The desk in a browser: a SPARQL endpoint and pages, served to this machine.

The server itself never reads what is stored. Each request that does becomes a job for a process that can be killed.
"""
