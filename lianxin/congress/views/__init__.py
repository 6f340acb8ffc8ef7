"""Pages of the congress: absences, organs, and the people who work here."""
