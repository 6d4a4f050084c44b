#!/bin/sh
# Builds the benchmark and the servers it drives, Release, and runs it. Options go to the benchmark: bench/run.sh --help
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
artifacts=${BENCH_ARTIFACTS:-$root/artifacts/bench}

# Build servers would go on running beside the measurement.
dotnet build "$root/bench/GenApi.Bench" -c Release --artifacts-path "$artifacts" --disable-build-servers -v quiet -nologo 1>&2

# exec: a signal sent to this script reaches the benchmark, which stops its servers.
exec dotnet "$artifacts/bin/GenApi.Bench/release/GenApi.Bench.dll" "$@"
