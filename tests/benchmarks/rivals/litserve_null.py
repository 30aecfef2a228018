"""LitServe with a null model, in its own environment: `.venv-bench/litserve/bin/python litserve_null.py PORT`."""

import sys

import litserve


class Null(litserve.LitAPI):
    def setup(self, device):
        pass

    def decode_request(self, request):
        return request["text"]

    def predict(self, text):
        return text

    def encode_response(self, text):
        return {"text": text}


if __name__ == "__main__":
    server = litserve.LitServer(Null(), accelerator="cpu", workers_per_device=1)
    server.run(
        host="127.0.0.1", port=int(sys.argv[1]), num_api_servers=1, log_level="warning", generate_client_file=False, access_log=False
    )
