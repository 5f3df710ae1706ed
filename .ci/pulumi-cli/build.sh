#!/usr/bin/env bash
# Prints the folder of a Pulumi CLI of the pinned version: that on the PATH, or one built from its Go module. Built once
# for each version (about 5 minutes on 2 cores), it is kept in the user's cache folder.
set -euo pipefail
cd "$(dirname "$0")"
module=github.com/pulumi/pulumi/pkg/v3
version=$(awk -v module="$module" '$1 == module { print $2 }' go.mod)

if [ "$(pulumi version 2>/dev/null || true)" = "$version" ]; then
    dirname "$(command -v pulumi)"
    exit
fi
folder="${XDG_CACHE_HOME:-$HOME/.cache}/agentcore-hub/pulumi-$version"
if [ ! -x "$folder/pulumi" ]; then
    echo "Building the Pulumi CLI $version from its Go module..." >&2
    mkdir -p "$folder"
    # Without its version the Automation API refuses the CLI. Made aside, so that an interrupted build leaves none.
    GOFLAGS=-mod=readonly go build \
        -ldflags "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$version" \
        -o "$folder/pulumi.$$" "$module/cmd/pulumi"
    mv "$folder/pulumi.$$" "$folder/pulumi"
fi
echo "$folder"
