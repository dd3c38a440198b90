"""verbatim-rag: a model marks the spans that answer. No such model is to be had from a package."""

NAME = "verbatim-rag"
REASON = (
    "what marks its spans is a language model behind an API, or a model whose weights come from a model hub alone; "
    "this command asks none and fetches none"
)
