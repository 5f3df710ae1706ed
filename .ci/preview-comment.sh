#!/usr/bin/env bash
# Makes the one comment of a pull request with the previews of the named stacks, preview-<stack>/preview.txt, or writes it
# anew. Needs gh, GH_TOKEN with pull-requests: write, and GITHUB_REPOSITORY.
set -euo pipefail
number=$1
shift
marker="<!-- agentcore-hub: previews -->"
# GitHub takes 65,536 characters (https://docs.github.com/en/rest/issues/comments).
each=$((60000 / $#))
body=$(mktemp)
trap 'rm -f "$body"' EXIT

{
    echo "$marker"
    echo "What \`hub deploy\` would change; what a stack gives to others is known once it is deployed."
    for stack in "$@"; do
        file="preview-$stack/preview.txt"
        printf '\n### %s\n\n' "$stack"
        if [ ! -f "$file" ]; then
            echo "There is no preview: its job ended before."
            continue
        fi
        echo '~~~~~~~~~~text'
        # A fence within would end this one.
        head -c "$each" "$file" | sed 's/~~~~*/~~/g'
        echo
        echo '~~~~~~~~~~'
        if [ "$(wc -c <"$file")" -gt "$each" ]; then echo "The rest is in the job's log."; fi
    done
} >"$body"

comments="repos/$GITHUB_REPOSITORY/issues/$number/comments"
own='.[] | select(.user.login == "github-actions[bot]" and (.body | startswith("'$marker'"))) | .id'
id=$(gh api --paginate "$comments" --jq "$own" | head -n 1)
if [ -n "$id" ]; then
    gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" -F "body=@$body"
else
    gh api --silent --method POST "$comments" -F "body=@$body"
fi
