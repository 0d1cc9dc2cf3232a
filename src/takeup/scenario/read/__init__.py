"""From files, command lines and spreadsheets to a scenario, or to words about what is wrong."""
