# The image of sesgov: web, worker, beat and every manage.py command. See README, "In production".

FROM node:22-bookworm-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts

FROM python:3.11-slim-bookworm AS libraries
COPY requirements.txt /build/
# Wheels only: nothing is compiled, here or later.
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --only-binary :all: --require-hashes -r /build/requirements.txt

FROM libraries AS site
WORKDIR /app
COPY . .
COPY --from=assets /build/node_modules node_modules
# The settings of production, with values that nothing here connects to and that stay in no layer.
RUN python -c "from sesgov.supervisor.setup import copy_assets; copy_assets()" \
 && rm -rf node_modules \
 && SESGOV_PRODUCTION=true SESGOV_BASE_URL=https://sesgov.invalid REDIS_URL=redis://127.0.0.1:1 \
    DATABASE_URL=postgresql://127.0.0.1:1/none SESGOV_SECRET_KEY="$(python -c 'import secrets; print(secrets.token_hex(32))')" \
    /venv/bin/python manage.py collectstatic --noinput \
 && python -m compileall -q approvals inventory sesgov

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin sesgov
COPY --from=libraries /venv /venv
COPY --from=site /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 SESGOV_PRODUCTION=true SESGOV_STATE_DIR=/tmp/sesgov
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]
# A worker's sign of life is a file that it touches: in memory, since the rest of the image can be read only.
CMD ["gunicorn", "-c", "python:sesgov.gunicorn", "sesgov.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--graceful-timeout", "20", "--log-level", "warning"]
