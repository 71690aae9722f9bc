"""Ways in for scrapers that run in Python: light modules, without Celery and without models."""
