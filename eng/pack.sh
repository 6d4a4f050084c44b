#!/usr/bin/env bash
# Packs GenApi.Protocol, GenApi.Node, GenApi.Cli and GenApi.Templates. Usage: eng/pack.sh [FOLDER], by default artifacts/packages.
set -euo pipefail
folder=$(realpath -m "${1:-$(dirname -- "${BASH_SOURCE[0]}")/../artifacts/packages}")
cd "$(dirname -- "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

for project in GenApi.Protocol GenApi.Node GenApi.Cli templates/GenApi.Templates.csproj; do
  dotnet pack "$project" -c Release -o "$folder" -v quiet -nologo -p:UseSharedCompilation=false
done
ls -l "$folder"
