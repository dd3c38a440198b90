"""What can go wrong.

    AssistantError               internal_error 500, exit 1
    ├── UsageError               bad_usage 400, exit 2
    │   ├── SettingsError        bad_settings 500, exit 2
    │   ├── PinnedError          bad_pinned 422, exit 2
    │   ├── InvalidRequest       invalid_request 422
    │   ├── MalformedRequest     malformed_request 400
    │   ├── UnsupportedType      unsupported_media_type 415
    │   ├── RequestTooLarge      request_too_large 413
    │   ├── TooSlow              request_timeout 408
    │   ├── NotFound             not_found 404
    │   │   ├── DocumentNotFound document_not_found 404
    │   │   └── ModelNotFound    model_not_found 404
    │   ├── Unauthorized         unauthorized 401
    │   ├── Forbidden            forbidden 403
    │   ├── MethodNotAllowed     method_not_allowed 405
    │   ├── OriginNotAllowed     origin_not_allowed 403
    │   └── HostNotAllowed       host_not_allowed 421
    ├── Busy                     busy 503
    │   ├── RateLimited          rate_limited 429
    │   └── TimedOut             timed_out 503
    ├── CorpusError              corpus_error 500, exit 3
    │   ├── CorpusNotFound       corpus_not_found 500
    │   ├── CorpusNotWritten     corpus_not_written 503
    │   ├── UnreadableDocument   unreadable_document 422
    │   │   ├── EmptyDocument    empty_document 422
    │   │   ├── ProtectedDocument protected_document 422
    │   │   ├── TextlessDocument textless_document 422
    │   │   └── DamagedDocument  damaged_document 422
    │   └── FilesFailed          files_failed 500, exit 8
    ├── IndexFault               index_error 503, exit 4
    │   ├── IndexNotFound        index_not_found 503
    │   ├── IndexDamaged         index_damaged 503
    │   ├── IndexMismatch        index_mismatch 503
    │   ├── IndexChanged         index_changed 503
    │   ├── IndexUnreachable     index_unreachable 503
    │   └── IndexNotWritten      index_not_written 503
    ├── EncoderError             encoder_error 500, exit 5
    │   ├── EncoderNotFound      encoder_not_found 500
    │   ├── WrongWeights         wrong_weights 500
    │   └── ExportMismatch       export_mismatch 500
    ├── ReaderError              reader_error 500, exit 6
    │   ├── ReaderNotFound       reader_not_found 500
    │   ├── ReaderDamaged        reader_damaged 500
    │   └── CalibrationError     calibration_error 500
    ├── RecordsError             records_error 500, exit 7
    └── UnverifiedCitation       unverified_citation 500

`status` is the HTTP status and `exit_code` the exit status of a command; a class inherits what it does not say. The
message says what to do next.
"""

from __future__ import annotations


class AssistantError(Exception):
    """The root: one handler serves HTTP and one serves the command line, both for this class."""

    code: str = "internal_error"
    title: str = "Internal error"
    status: int = 500
    exit_code: int = 1


class UsageError(AssistantError):
    """The caller asked for something that cannot be asked."""

    code, title, status, exit_code = "bad_usage", "Bad usage", 400, 2


class SettingsError(UsageError):
    """A setting is unknown, or its value is out of range."""

    code, title, status = "bad_settings", "Bad settings", 500


class PinnedError(UsageError):
    """The file of pinned answers cannot be read or written, or a row of it makes no sense."""

    code, title, status = "bad_pinned", "Bad pinned answers", 422


class InvalidRequest(UsageError):
    """A field of a request is unknown, missing, or out of range."""

    code, title, status = "invalid_request", "Invalid request", 422


class MalformedRequest(UsageError):
    """A body is not JSON where JSON is due."""

    code, title, status = "malformed_request", "Malformed request", 400


class UnsupportedType(UsageError):
    """A body has another content type than JSON."""

    code, title, status = "unsupported_media_type", "Unsupported media type", 415


class RequestTooLarge(UsageError):
    """A body is larger than the limit."""

    code, title, status = "request_too_large", "Request too large", 413


class TooSlow(UsageError):
    """The headers or the body of a request did not come in time."""

    code, title, status = "request_timeout", "Request timeout", 408


class NotFound(UsageError):
    """There is nothing at this address."""

    code, title, status = "not_found", "Not found", 404


class DocumentNotFound(NotFound):
    """The index holds no document of this id."""

    code, title = "document_not_found", "Document not found"


class ModelNotFound(NotFound):
    """A chat client asks about a model that is not here."""

    code, title = "model_not_found", "Model not found"


class Unauthorized(UsageError):
    """The key is missing or is not the right one."""

    code, title, status = "unauthorized", "Unauthorized", 401


class Forbidden(UsageError):
    """The key is a right one, but not for this."""

    code, title, status = "forbidden", "Forbidden", 403


class MethodNotAllowed(UsageError):
    """The address is there, but does not take this method."""

    code, title, status = "method_not_allowed", "Method not allowed", 405


class OriginNotAllowed(UsageError):
    """A page of another site asks, and the settings do not allow that."""

    code, title, status = "origin_not_allowed", "Origin not allowed", 403


class HostNotAllowed(UsageError):
    """The server is asked under a name that the settings do not list."""

    code, title, status = "host_not_allowed", "Host not allowed", 421


class Busy(AssistantError):
    """So many questions wait already that no more are taken."""

    code, title, status = "busy", "Busy", 503

    def __init__(self, message: str, *, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after  # seconds, from when it is worth asking again


class RateLimited(Busy):
    """This client has asked too often."""

    code, title, status = "rate_limited", "Rate limited", 429


class TimedOut(Busy):
    """The question was not answered within the time for a request."""

    code, title = "timed_out", "Timed out"


class CorpusError(AssistantError):
    """The documents cannot be read."""

    code, title, exit_code = "corpus_error", "Corpus error", 3


class CorpusNotFound(CorpusError):
    """There is no corpus folder, or nothing in it that can be read."""

    code, title = "corpus_not_found", "Corpus not found"


class CorpusNotWritten(CorpusError):
    """The folder of the documents cannot be written: the disk is full or read-only, or another owner's."""

    code, title, status = "corpus_not_written", "Corpus not written", 503


class UnreadableDocument(CorpusError):
    """One file cannot be read: it is broken, is too large, costs its parser too much, or has broken metadata."""

    code, title, status = "unreadable_document", "Unreadable document", 422


class EmptyDocument(UnreadableDocument):
    """One file holds no text."""

    code, title = "empty_document", "Empty document"


class FilesFailed(CorpusError):
    """Some files of the corpus cannot be read; the index is published without them."""

    code, title, exit_code = "files_failed", "Files failed", 8


class ProtectedDocument(UnreadableDocument):
    """A file is encrypted: it opens with a password only."""

    code, title = "protected_document", "Protected document"


class TextlessDocument(UnreadableDocument):
    """A file holds no text: it is empty, or all of its pages are pictures."""

    code, title = "textless_document", "Document without text"


class DamagedDocument(UnreadableDocument):
    """A file is not of the kind that its name says, or is broken."""

    code, title = "damaged_document", "Damaged document"


class IndexFault(AssistantError):
    """The index cannot be used."""

    code, title, status, exit_code = "index_error", "Index error", 503, 4


class IndexNotFound(IndexFault):
    """There is no index yet."""

    code, title = "index_not_found", "Index not found"


class IndexDamaged(IndexFault):
    """A file of the index is missing or is not what was written."""

    code, title = "index_damaged", "Index damaged"


class IndexMismatch(IndexFault):
    """The index was built by another encoder, from another corpus, or by another version of its format."""

    code, title = "index_mismatch", "Index mismatch"


class IndexChanged(IndexFault):
    """The database has another index than the one that was being answered from."""

    code, title = "index_changed", "Index changed"


class IndexUnreachable(IndexFault):
    """The database of the index does not answer."""

    code, title = "index_unreachable", "Index unreachable"


class IndexNotWritten(IndexFault):
    """The folder of the index cannot be written: the disk is full or read-only, or another owner's."""

    code, title = "index_not_written", "Index not written"


class EncoderError(AssistantError):
    """The encoder cannot be loaded or used."""

    code, title, exit_code = "encoder_error", "Encoder error", 5


class EncoderNotFound(EncoderError):
    """No model of this name is on this machine."""

    code, title = "encoder_not_found", "Encoder not found"


class WrongWeights(EncoderError):
    """The model's weights are not the official ones."""

    code, title = "wrong_weights", "Wrong weights"


class ExportMismatch(EncoderError):
    """An exported model does not give what the original gives."""

    code, title = "export_mismatch", "Export mismatch"


class ReaderError(AssistantError):
    """The reader cannot be loaded or used."""

    code, title, exit_code = "reader_error", "Reader error", 6


class ReaderNotFound(ReaderError):
    """No reader of this name is on this machine."""

    code, title = "reader_not_found", "Reader not found"


class ReaderDamaged(ReaderError):
    """A file of the reader is missing or is not what was written."""

    code, title = "reader_damaged", "Reader damaged"


class CalibrationError(ReaderError):
    """The calibration cannot be read, fitted or used with this reader."""

    code, title = "calibration_error", "Calibration error"


class RecordsError(AssistantError):
    """The records of what was asked cannot be read or written."""

    code, title, exit_code = "records_error", "Records error", 7


class UnverifiedCitation(AssistantError):
    """A citation does not stand in its document."""

    code, title = "unverified_citation", "Unverified citation"
