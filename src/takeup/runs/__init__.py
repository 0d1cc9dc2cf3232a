"""One way to run a replicate, and who does the work: threads, processes or a cluster."""
