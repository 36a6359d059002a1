"""How the state's tables came to be; run by Alembic where the schema is not the present one."""
