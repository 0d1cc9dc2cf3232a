"""Why it happened: who stops where on the way online, what blocks staff, what each card adds."""
