#!/usr/bin/env bash
# Builds everything and runs every test project under tests/.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: ./test.sh [--filter TEXT] [--project TEXT]

Installs what is missing where it can, builds the solution, and runs every test project under tests/.
The last line is: N passed, N failed, N skipped

  --filter TEXT    Only tests whose full name contains TEXT, for example --filter StopTests
                   or --filter GenApi.Cluster.Tests.TraceTests
  --project TEXT   Only test projects whose name contains TEXT, for example --project Cluster
  --help           This text

The environment:
  CI=true          A skipped test counts as a failed one: CI has what every test needs.
  UseAspire=false  Builds for a machine without Aspire; see eng/Aspire.props.

Results are left in TestResults/, one XML file per project.
TEXT
}

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
cd "$root"

configuration=Debug       # what `dotnet run --project GenApi.AppHost` uses, so that it starts at once afterwards
project_minutes=20        # a project that takes longer hangs and is ended
results=$root/TestResults

filter=
only=
while [ $# -gt 0 ]; do
  case $1 in
    --filter | --project)
      [ $# -ge 2 ] || { echo "$1 needs a value. Use --help to see an example." >&2; exit 2; }
      if [ "$1" = --filter ]; then filter=$2; else only=$2; fi
      shift 2
      ;;
    --help | -h) usage; exit 0 ;;
    *) echo "Unknown argument '$1'. Use --help to see what there is." >&2; exit 2 ;;
  esac
done

passed=0
failed=0
skipped=0

# However this script ends, the totals are its last line. What could not run at all counts as one failure.
finish() {
  status=$?
  trap - EXIT
  [ -z "${policy_made:-}" ] || rm -f "$policy"
  if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
  if [ "$failed" -ne 0 ] && [ "$status" -eq 0 ]; then status=1; fi
  echo
  echo "$passed passed, $failed failed, $skipped skipped"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

heading() { printf '\n== %s\n' "$1"; }
has() { command -v "$1" >/dev/null 2>&1; }

# Installs Debian packages, if this is such a machine and we may. Services are not started: the tests start their own.
policy=/usr/sbin/policy-rc.d
policy_made=
apt_is_fresh=
install_packages() {
  if ! has apt-get || [ "$(id -u)" -ne 0 ]; then
    echo "Cannot install $*: that takes apt-get and root. Tests that need it will be skipped."
    return
  fi

  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    policy_made=1
  fi

  if [ -z "$apt_is_fresh" ]; then
    apt_is_fresh=1
    apt-get update -qq || echo "apt-get update failed; going on with the package list there is."
  fi

  # A failure is no reason to stop: the tests that need it then say so.
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null || echo "Cannot install $*."
}

heading "What the tests need"
if ! has dotnet; then
  echo "There is no dotnet on PATH. Install the .NET SDK 10: https://dotnet.microsoft.com/download" >&2
  exit 1
fi
has redis-server || has valkey-server || install_packages redis-server
has curl || install_packages curl
has node || install_packages nodejs
has npm || install_packages npm
has chromium || has chromium-browser || has google-chrome || install_packages chromium
echo ".NET SDK $(dotnet --version)"
for program in redis-server valkey-server node npm curl chromium chromium-browser google-chrome; do
  if has "$program"; then echo "$program: $(command -v "$program")"; fi
done

# npm ci again only when the lock file has changed since.
if has npm && ! cmp -s tests/javascript/package-lock.json tests/javascript/node_modules/.installed-lock.json; then
  if npm ci --prefix tests/javascript --no-audit --no-fund --loglevel=error; then
    cp tests/javascript/package-lock.json tests/javascript/node_modules/.installed-lock.json
  else
    echo "npm ci failed in tests/javascript. Tests that need its packages will be skipped."
  fi
fi

heading "Build"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# Build servers would stay behind and hold on to the machine's memory.
export MSBUILDDISABLENODEREUSE=1
build() { dotnet build "$1" -c "$configuration" -m:2 -v quiet -nologo -clp:NoSummary -p:UseSharedCompilation=false; }

build GenApi.sln

mapfile -t projects < <(find tests -name '*.Tests.csproj' -not -path '*/node_modules/*' | sort)
for project in "${projects[@]}"; do
  # One that was just added need not be in the solution yet.
  grep -qF "$(basename "$project")" GenApi.sln || build "$project"
done
echo "Built GenApi.sln and ${#projects[@]} test projects, $configuration."

# The value of an attribute of the <assembly> element in a result file.
count() { sed -n "s/.*<assembly [^>]*[ ]$1=\"\([0-9]*\)\".*/\1/p" "$2" | head -n 1; }

rm -rf "$results"
mkdir -p "$results"

options=(-noLogo -noColor)
case $filter in
  '') ;;
  /*) options+=(-filter "$filter") ;;
  *) options+=(-method "*$filter*") ;;
esac
if [ "${CI:-}" = true ]; then options+=(-failSkips); fi

ran=0
for project in "${projects[@]}"; do
  name=$(basename "$project" .csproj)
  case $name in *"$only"*) ;; *) continue ;; esac
  ran=$((ran + 1))

  heading "$name"
  xml=$results/$name.xml
  assembly=$(dotnet msbuild "$project" -getProperty:TargetPath -p:Configuration="$configuration")
  run=(dotnet "$assembly" "${options[@]}" -xml "$xml")

  # In the foreground, so that Ctrl-C reaches the tests.
  if has timeout; then run=(timeout --foreground --kill-after=30s "${project_minutes}m" "${run[@]}"); fi

  status=0
  "${run[@]}" </dev/null || status=$?

  if [ -s "$xml" ] && [ -n "$(count total "$xml")" ]; then
    # An error is a failure outside of a test, such as a fixture that could not be cleaned up.
    failures=$(($(count failed "$xml") + $(count errors "$xml")))
    passed=$((passed + $(count passed "$xml")))
    failed=$((failed + failures))
    skipped=$((skipped + $(count skipped "$xml")))
    if [ "$status" -ne 0 ] && [ "$failures" -eq 0 ]; then
      echo "$name ended with exit code $status."
      failed=$((failed + 1))
    fi
  else
    echo "$name left no results; it ended with exit code $status."
    failed=$((failed + 1))
  fi
done

if [ "$ran" -eq 0 ]; then
  echo "There is no test project under tests/ with '$only' in its name." >&2
  exit 1
fi
if [ "$((passed + failed + skipped))" -eq 0 ]; then
  echo "No test ran.${filter:+ None has '$filter' in its name.}" >&2
  exit 1
fi
