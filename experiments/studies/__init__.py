"""Studies: inputs that are varied, designs, runs, their store and their answers."""
