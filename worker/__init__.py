"""The Celery side: an app, its doorways and its transport. Everything else is the library."""
