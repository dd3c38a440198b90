"""The networks that encode texts and read passages: found, exported once, then run without torch."""

import os

# onnxruntime asks for this when it is loaded, which only modules of this package do. Unless told so, it reports what it
# is used for to its makers, and keeps what it could not send in a file below the home folder.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
