"""`vidur` of PyPI, its Sarathi scheduler (chunked prefill), on the requests that come on stdin; figures as JSON.

Its predictor of execution times takes profiles from the network; here it gives way to Pointsman's step model. It has
no prefix cache in this scheduler, reserves blocks for whole prompts at admission, and emits its first token with the
last chunk of a prompt, as others do. Nothing is written or plotted.
"""

import json
import logging
import os
import resource
import sys
import tempfile

os.environ["WANDB_MODE"] = "disabled"

from vidur.config import SimulationConfig
from vidur.config.config import (
    CacheConfig,
    ClusterConfig,
    MetricsConfig,
    ReplicaConfig,
    RoundRobinGlobalSchedulerConfig,
    SarathiSchedulerConfig,
    SyntheticRequestGeneratorConfig,
)
from vidur.entities import Request
from vidur.execution_time_predictor import ExecutionTimePredictorRegistry
from vidur.request_generator import RequestGeneratorRegistry
from vidur.simulator import Simulator


class StepTime:
    """What the predictor says of a batch: seconds."""

    def __init__(self, seconds):
        self.total_time = seconds
        self.model_time = seconds


class StepModel:
    """`beta[0] + beta[1] * prefill tokens + beta[2] * decodes`; counts what it is asked."""

    def __init__(self, beta):
        self.beta = beta
        self.steps = self.prefill_steps = self.seats = 0

    def get_execution_time(self, batch, stage_id):
        prefill = decodes = 0
        for request, tokens in zip(batch.requests, batch.num_q_tokens):
            if request.is_prefill_complete:
                decodes += 1
            else:
                prefill += tokens
        self.steps += 1
        self.prefill_steps += decodes == 0
        self.seats += len(batch.requests)
        constant, per_token, per_decode = self.beta
        return StepTime((constant + per_token * prefill + per_decode * decodes) / 1e6)


class Given:
    """The requests as a generator of Vidur's."""

    def __init__(self, requests):
        self.requests = requests

    def generate(self):
        return self.requests


def main():
    given = json.load(sys.stdin)
    logging.disable(logging.CRITICAL)
    model = StepModel(given["beta"])
    ExecutionTimePredictorRegistry.get = lambda *args, **kwargs: model
    requests = [
        Request(arrived_at=arrival_us / 1e6, num_prefill_tokens=prompt, num_decode_tokens=output)
        for arrival_us, prompt, output in given["requests"]
    ]
    RequestGeneratorRegistry.get = lambda *args, **kwargs: Given(requests)
    with tempfile.TemporaryDirectory() as folder:
        config = SimulationConfig(
            cluster_config=ClusterConfig(
                num_replicas=given["instances"],
                replica_config=ReplicaConfig(num_pipeline_stages=1),
                cache_config=CacheConfig(block_size=given["block_size"], num_blocks=given["blocks"]),
                global_scheduler_config=RoundRobinGlobalSchedulerConfig(),
                replica_scheduler_config=SarathiSchedulerConfig(
                    batch_size_cap=given["max_num_seqs"], chunk_size=given["max_num_batched_tokens"]
                ),
            ),
            request_generator_config=SyntheticRequestGeneratorConfig(),
            metrics_config=MetricsConfig(
                write_metrics=False, enable_chrome_trace=False, store_plots=False, output_dir=folder
            ),
        )
        before = resource.getrusage(resource.RUSAGE_SELF)
        simulator = Simulator(config)
        simulator._write_output = lambda: None
        simulator.run()
        after = resource.getrusage(resource.RUSAGE_SELF)

    done = [request for request in requests if request.completed]
    mean = lambda values: sum(values) / max(1, len(values))
    first = lambda request: request.prefill_completed_at
    figures = {
        "requests": len(requests),
        "completed": len(done),
        "cpu_s": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "steps": model.steps,
        "prefill_steps": model.prefill_steps,
        "seats": model.seats,
        "simulated_s": max(request.completed_at for request in done),
        "ttft_ms": 1e3 * mean([first(request) - request.arrived_at for request in done]),
        "tpot_ms": 1e3 * mean([(r.completed_at - first(r)) / (r.num_decode_tokens - 1) for r in done]),
        "hit_rate": 0.0,
        "peak_mib": after.ru_maxrss / 1024,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
