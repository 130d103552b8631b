# docs/containers.md says how it is used. Nothing is fetched at run time: the model comes with a package, and the encoder is
# exported here.
FROM python:3.11-slim AS build
WORKDIR /src
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/whodoiask
ENV PATH=/opt/whodoiask/bin:$PATH

COPY pyproject.toml constraints.txt README.md LICENCE ./
# torch goes first and alone, as in the Makefile: the small build for CPUs, of the version that pyproject.toml names.
# hadolint ignore=DL3013
RUN torch="$(sed -n 's/^ *"\(torch==[0-9.]*\)",.*/\1/p' pyproject.toml)" \
    && python -m pip install --extra-index-url https://download.pytorch.org/whl/cpu "$torch"
COPY ingest ingest
COPY assistant assistant
COPY ui ui
COPY eval eval
RUN python -m pip install --constraint constraints.txt ".[slack]"
# What only an export needs goes then; another model is exported where the package is installed whole. Files may come
# from a checkout that is closed to others, and the image's user is another one.
WORKDIR /opt
RUN WHODOIASK_CACHE=/opt/encoder python -c "from ingest.encoder.cache import encoder_of; \
from ingest.encoder.model import find_model; encoder_of(find_model(None))" \
    && for each in torch transformers sentence_transformers onnx onnxscript onnx_ir sympy networkx sklearn; do \
    rm -rf "/opt/whodoiask/lib/python3.11/site-packages/$each"; done \
    && chmod -R a+rX /opt/whodoiask /opt/encoder

FROM python:3.11-slim
# git reads the dates of the manual's pages.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home whodoiask \
    && mkdir /index && chown 10001 /index
COPY --from=build /opt/whodoiask /opt/whodoiask
COPY --from=build /opt/encoder /opt/encoder
# The manual is mounted at /manual and belongs to somebody else, which git would not read otherwise.
ENV PATH=/opt/whodoiask/bin:$PATH \
    WHODOIASK_CACHE=/opt/encoder \
    WHODOIASK_INDEX=/index \
    WHODOIASK_STORES=/index/stores \
    HF_HUB_OFFLINE=1 \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    GIT_CONFIG_COUNT=1 \
    GIT_CONFIG_KEY_0=safe.directory \
    GIT_CONFIG_VALUE_0=/manual
USER 10001
VOLUME /index
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:7860/healthz', timeout=4)"]
ENTRYPOINT ["whodoiask"]
# Whom to let in must be said: --auth-file FILE, or --open.
CMD ["chat", "--host", "0.0.0.0"]
