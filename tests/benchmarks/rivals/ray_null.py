"""Ray Serve with a null model, in its own environment: `.venv-bench/ray/bin/python ray_null.py PORT`."""

import sys
import time

import ray
from ray import serve
from starlette.requests import Request


@serve.deployment(num_replicas=1, max_ongoing_requests=16, ray_actor_options={"num_cpus": 0})
class Null:
    async def __call__(self, request: Request) -> dict[str, str]:
        return {"text": (await request.json())["text"]}


if __name__ == "__main__":
    ray.init(num_cpus=2, include_dashboard=False, configure_logging=False, log_to_driver=False)
    serve.start(
        http_options={"host": "127.0.0.1", "port": int(sys.argv[1])}, logging_config={"enable_access_log": False, "log_level": "ERROR"}
    )
    serve.run(Null.bind(), route_prefix="/predict")
    while True:
        time.sleep(3600)
