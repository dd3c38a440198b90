"""verbatim-rag: a model marks the spans that answer. Its weights are not to be had from a package."""

NAME = "verbatim-rag"
REASON = (
    "its extractor's weights (KRLabsOrg/verbatim-rag-modern-bert-v1) come from a model hub alone, and this command "
    "fetches none"
)
