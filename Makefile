.PHONY: run test check format lock migrations shell

run:
	./run

test:
	./test

check:
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy . && .venv/bin/deptry .

format:
	.venv/bin/ruff check --fix . && .venv/bin/ruff format .

lock: UV = .tools/bin/uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --universal --python-version 3.11
lock:
	$(UV) --no-annotate pyproject.toml -o requirements.txt
	$(UV) --extra local pyproject.toml -c requirements.txt -o requirements-local.txt
	$(UV) --extra local --extra dev pyproject.toml -c requirements-local.txt -o requirements-dev.txt
	$(UV) --no-annotate --group uv -o requirements-uv.txt
	$(UV) --no-annotate --group node -o requirements-node.txt
	npm install --package-lock-only --ignore-scripts

migrations:
	.venv/bin/python manage.py makemigrations

shell:
	.venv/bin/python manage.py shell
