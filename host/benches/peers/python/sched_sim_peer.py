"""`sched-sim` of PyPI, its chunked prefill, on the requests that come on stdin; figures as JSON on stdout.

It knows one instance, so each of the cluster's gets its round-robin share in a simulation of its own. Its roofline
model gives way to Pointsman's step model. It emits the first token beside the `output_tokens` that it is told, so it
is told one less. Its chunked scheduler has no prefix cache and no limit of running requests.
"""

import json
import resource
import sys

from sched_sim.core.event_engine import Simulator
from sched_sim.core.request import Request
from sched_sim.hardware.latency_model import RooflineLatencyModel
from sched_sim.hardware.profile import HardwareProfile
from sched_sim.memory.block_manager import BlockManager
from sched_sim.memory.preemption import PreemptionHandler, PreemptionMode
from sched_sim.schedulers.chunked import ChunkedPrefillScheduler


class StepModel(RooflineLatencyModel):
    """`beta[0] + beta[1] * prefill tokens + beta[2] * decodes`, in seconds."""

    def __init__(self, hardware, beta):
        super().__init__(hardware)
        self.beta = beta

    def compute_mixed_step_time(self, num_prefill_tokens, num_decode_requests, total_decode_context_tokens):
        constant, per_token, per_decode = self.beta
        return (constant + per_token * num_prefill_tokens + per_decode * num_decode_requests) / 1e6

    def compute_prefill_step_time(self, num_prefill_tokens):
        return self.compute_mixed_step_time(num_prefill_tokens, 0, 0)

    def compute_decode_step_time(self, batch_size, total_context_tokens):
        return self.compute_mixed_step_time(0, batch_size, total_context_tokens)


def instance(given, requests):
    """Simulates one instance; the simulator afterwards."""
    hardware = HardwareProfile()
    blocks = BlockManager(hardware, given["block_size"])
    blocks.total_gpu_blocks = given["blocks"]
    blocks.free_gpu_blocks = list(range(given["blocks"]))
    model = StepModel(hardware, given["beta"])
    preemption = PreemptionHandler(blocks, model, PreemptionMode.RECOMPUTE)
    scheduler = ChunkedPrefillScheduler(
        blocks, model, preemption, given["max_num_seqs"], given["max_num_batched_tokens"]
    )
    simulator = Simulator(hardware, scheduler, PreemptionMode.RECOMPUTE, given["block_size"])
    simulator.submit_workload(requests)
    simulator.run()
    return simulator


def main():
    given = json.load(sys.stdin)
    shares = [[] for _ in range(given["instances"])]
    for id, (arrival_us, prompt, output) in enumerate(given["requests"]):
        request = Request(
            request_id=str(id), arrived_at=arrival_us / 1e6, prompt_tokens=prompt, output_tokens=output - 1
        )
        shares[id % len(shares)].append(request)
    before = resource.getrusage(resource.RUSAGE_SELF)
    simulators = [instance(given, share) for share in shares]
    after = resource.getrusage(resource.RUSAGE_SELF)

    requests = [request for share in shares for request in share]
    done = [request for request in requests if request.completed_at is not None]
    steps = [step for simulator in simulators for step in simulator.iteration_records]
    mean = lambda values: sum(values) / max(1, len(values))
    figures = {
        "requests": len(requests),
        "completed": len(done),
        "cpu_s": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "steps": len(steps),
        "prefill_steps": sum(step.decode_count == 0 for step in steps),
        "seats": sum(size for simulator in simulators for size in simulator.iteration_batch_sizes),
        "simulated_s": max(request.completed_at for request in done),
        "ttft_ms": 1e3 * mean([request.ttft for request in done]),
        "tpot_ms": 1e3 * mean([(r.completed_at - r.first_token_at) / r.decoded_tokens for r in done]),
        "hit_rate": 0.0,
        "peak_mib": after.ru_maxrss / 1024,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
