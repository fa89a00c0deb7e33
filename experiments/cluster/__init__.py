"""Studies on clusters: the workers of Dask, and a script for arrays of SLURM; see ``experiments/cluster/README.md``."""
