"""What happens: encounters, days, evenings, admissions and interventions."""
