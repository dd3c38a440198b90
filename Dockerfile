# To pin the base by its digest as well: docker build --build-arg BASE=python:3.11.14-slim-bookworm@sha256:...
ARG BASE=python:3.11.14-slim-bookworm

FROM ${BASE} AS build
WORKDIR /build
RUN python -m venv /opt/assistant
ENV PATH=/opt/assistant/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# What changes seldom comes first, so that a change of the code or of a document installs nothing of it again.
COPY requirements-serve.txt ./
RUN pip install --require-hashes -r requirements-serve.txt
COPY pyproject.toml README.md LICENSE ./
COPY assistant/ assistant/
RUN pip install --no-deps --no-build-isolation .

FROM ${BASE}
COPY --from=build /opt/assistant /opt/assistant
# Within a container all addresses are the container's own; publish the port where you want it.
ENV PATH=/opt/assistant/bin:$PATH PYTHONUNBUFFERED=1 ASSISTANT_HOST=0.0.0.0 ASSISTANT_PORT=8000
WORKDIR /srv
RUN install -d -o 10001 -g 10001 index
COPY corpus/ corpus/
USER 10001:10001
RUN assistant index
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD python -c "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['ASSISTANT_PORT'] + '/readyz', timeout=2)"
CMD ["assistant", "serve"]
