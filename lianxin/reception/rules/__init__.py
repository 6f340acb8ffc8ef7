"""Who may plan, run and take part in reception; and the pure arithmetic behind rotas and days."""
