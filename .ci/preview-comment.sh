#!/usr/bin/env bash
# Makes the one comment of a pull request, or writes it anew: who may call what, access/access.md, and the previews of the
# named stacks, preview-<stack>/preview.txt; without these where PREVIEWS is skipped. Needs gh, GH_TOKEN with
# pull-requests: write, and GITHUB_REPOSITORY.
set -euo pipefail
number=$1
shift
marker="<!-- agentcore-hub: previews -->"
# GitHub takes 65,536 characters (https://docs.github.com/en/rest/issues/comments).
each=$((50000 / $#))
access=access/access.md
body=$(mktemp)
trap 'rm -f "$body"' EXIT

if [ "${PREVIEWS:-}" = skipped ]; then set --; fi
# Nothing to say: there is no lock, and previews are not set up.
if [ $# = 0 ] && [ ! -s "$access" ]; then exit 0; fi

{
    echo "$marker"
    if [ -s "$access" ]; then
        printf '\n### Who may call what\n\n'
        head -c 10000 "$access"
        if [ "$(wc -c <"$access")" -gt 10000 ]; then printf '\n\nThe rest is in the job'"'"'s log.\n'; fi
        echo
    fi
    if [ $# -gt 0 ]; then
        echo "What \`hub deploy\` would change; what a stack gives to others is known once it is deployed."
    fi
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
