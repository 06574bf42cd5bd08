"""Reading AWS: sessions, regions, pace, and what SES answers. Knows neither Django nor Celery."""
