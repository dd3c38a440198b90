"""What a monitoring system asks for at /metrics, counted with Prometheus's own library."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from time import time

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest, multiprocess
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from starlette.responses import Response

from assistant.errors import AssistantError
from assistant.server.queue import WorkQueue
from assistant.types import Answer, Answerer

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the library's own variable
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Counts of one app. No label holds what anyone wrote: routes are templates, reasons are those of the contract."""

    def __init__(self, current: Callable[[], Answerer], desk: WorkQueue, *, sizes: bool = True) -> None:
        """`sizes` says whether it is told how large the index is, which not everyone may know."""
        self._registry = CollectorRegistry()
        registry = self._registry
        self._requests = Counter(
            "assistant_requests", "Requests, by route and status.", ("method", "route", "status"), registry=registry
        )
        self._seconds = Histogram(
            "assistant_request_seconds", "Seconds of a request.", ("route",), buckets=SECONDS, registry=registry
        )
        self._stages = Histogram(
            "assistant_stage_seconds",
            "Seconds of a stage of an answer.",
            ("stage",),
            buckets=SECONDS,
            registry=registry,
        )
        self._answers = Counter(
            "assistant_answers", "Answers and refusals, by reason.", ("status", "reason"), registry=registry
        )
        if FOLDER in os.environ:  # several processes count there, and each tells what all have counted
            self._registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(self._registry)  # type: ignore[no-untyped-call]  # it has no types
        ProcessCollector(registry=self._registry)
        self._registry.register(_State(current, desk, sizes))

    def exchange(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counts a request that was replied to."""
        self._requests.labels(method if method in METHODS else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def answer(self, answer: Answer) -> None:
        """Counts an answer, and what its stages took."""
        self._answers.labels(answer.status, answer.reason or "").inc()
        for stage, milliseconds in answer.timings_ms.items():
            self._stages.labels(stage).observe(milliseconds / 1000)

    def page(self) -> Response:
        """All of it, as Prometheus reads it."""
        return Response(generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class _State(Collector):
    """What is so at this moment: the queue, the index, the promise."""

    def __init__(self, current: Callable[[], Answerer], desk: WorkQueue, sizes: bool) -> None:
        self._current, self._desk, self._sizes = current, desk, sizes

    def collect(self) -> Iterator[Metric]:
        working, waiting = self._desk.load()
        yield GaugeMetricFamily("assistant_queue_working", "Questions that are worked on.", working)
        yield GaugeMetricFamily("assistant_queue_waiting", "Questions that wait.", waiting)
        failures = getattr(self._current, "failures", 0)
        yield CounterMetricFamily("assistant_reload_failures", "New indexes that could not be taken up.", failures)
        degraded = getattr(self._current, "fault", None) is not None
        yield GaugeMetricFamily("assistant_degraded", "1 while the index in force cannot be taken up.", degraded)
        try:
            answerer = self._current()
        except AssistantError:
            yield GaugeMetricFamily("assistant_ready", "Whether an index is loaded.", 0)
            return
        yield GaugeMetricFamily("assistant_ready", "Whether an index is loaded.", 1)
        index = GaugeMetricFamily("assistant_index", "The index that answers.", labels=("index_id",))
        index.add_metric((answerer.index_id,), 1)
        yield index
        if self._sizes:
            yield GaugeMetricFamily("assistant_documents", "Documents of the index.", len(answerer.documents))
            passages = sum(answerer.passage_counts.values())
            yield GaugeMetricFamily("assistant_passages", "Passages of the index.", passages)
        if built_at := getattr(self._current, "built_at", 0.0):
            age = max(0.0, time() - built_at)
            yield GaugeMetricFamily("assistant_index_age_seconds", "Seconds since the index was built.", age)
        promise = answerer.promise
        yield GaugeMetricFamily(
            "assistant_max_false_answer_rate", "The false-answer rate asked for.", promise.max_false_answer_rate
        )
        yield GaugeMetricFamily(
            "assistant_false_answer_rate_bound", "The upper bound of the measured one.", promise.upper_bound
        )
        yield GaugeMetricFamily("assistant_promise_kept", "Whether the bound is within it.", promise.kept)
