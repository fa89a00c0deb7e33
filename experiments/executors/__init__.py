"""Studies on clusters: the workers of Dask (``on_dask``), and a script for arrays of SLURM jobs."""

from pathlib import Path

SBATCH = Path(__file__).parent / "study.sbatch"
"""The script for SLURM, which `twoway study sbatch` prints."""
