#!/usr/bin/env bash
# Train on the GPUs of one machine, or of several (NNODES, NODE_RANK, MASTER_ADDR, MASTER_PORT):
#   tools/dist_train.sh CONFIG GPUS [options of train.py]
set -euo pipefail
if [ $# -lt 2 ]; then
  echo 'usage: tools/dist_train.sh CONFIG GPUS [options of train.py]' >&2
  exit 2
fi
config=$1 gpus=$2
shift 2
exec torchrun --nproc-per-node "$gpus" --nnodes "${NNODES:-1}" --node-rank "${NODE_RANK:-0}" \
  --master-addr "${MASTER_ADDR:-127.0.0.1}" --master-port "${MASTER_PORT:-29500}" \
  "$(dirname "$0")/train.py" "$config" --launcher pytorch "$@"
