#!/usr/bin/env bash
# The Dockerfile's steps where there is no Docker: publishes the server, makes the result read-only, runs it from there as a user
# without rights, reachable from everywhere, with its data elsewhere, and lets it serve a task. As root the user is nobody,
# otherwise whoever calls.
set -euo pipefail

repository=$(cd "$(dirname "$0")/../.." && pwd)
guest=$repository/examples/guests/math/math.wasm
work=$(mktemp -d)
app=$work/app data=$work/data log=$work/server.log answer=$work/answer.json
pid=

fail() {
  echo "publish check failed: $*" >&2
  if [[ -s $log ]]; then
    tail -n 20 "$log" >&2
  fi
  exit 1
}

clean_up() {
  cd /
  if [[ -n $pid ]]; then
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  fi
  chmod -R u+w "$work"
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

# wait_for SECONDS WHAT COMMAND...: tries the command until it succeeds.
wait_for() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    kill -0 "$pid" 2>/dev/null || fail "the server ended before $what"
    ((SECONDS < end)) || fail "no $what in time"
    sleep 0.2
  done
}

# expect STATUS PATH [CURL-ARGUMENT...]: calls the API, and keeps the body of the answer.
expect() {
  local wanted=$1 path=$2 status
  shift 2
  status=$(curl --silent --max-time 60 --output "$answer" --write-out '%{http_code}' "$@" "$url$path") || fail "$path cannot be called"
  [[ $status == "$wanted" ]] || fail "$path answered $status instead of $wanted: $(cat "$answer")"
}

contains() {
  grep -qF "$1" "$answer" || fail "$1 is not in $(cat "$answer")"
}

# What the Dockerfile copies, so that a file which the build needs from elsewhere is missed here too.
mkdir "$work/source"
cp -r "$repository/Directory.Build.props" "$repository/src" "$work/source"
# No build server may outlive this script.
export MSBUILDDISABLENODEREUSE=1
mkdir "$work/none"
(cd "$work/source" && timeout 300 dotnet restore src/Ailee.Vcp.Server --locked-mode -v q) >"$log" 2>&1 || fail 'dotnet restore in locked mode'
(cd "$work/source" && timeout 900 dotnet publish src/Ailee.Vcp.Server -c Release --use-current-runtime --self-contained false -p:RestoreSources="$work/none" -o "$app" \
  --nologo -v q -p:UseSharedCompilation=false) >"$log" 2>&1 || fail 'dotnet publish'
: >"$log"
diff -r --exclude=bin --exclude=obj "$repository/src" "$work/source/src" >"$log" || fail 'publishing changes what is committed'
python3 "$repository/tests/interop/check_sbom.py" "$app" "$repository/src/Ailee.Vcp.Server/packages.lock.json" 2>"$log" || fail 'the bill of materials'

mkdir -m 700 "$data"
as_user=()
owner=$(id -un)
if [[ $(id -u) == 0 ]]; then
  owner=nobody
  group=$(id -gn nobody)
  chmod 755 "$work"
  chown "$owner:$group" "$data"
  as_user=(setpriv --reuid="$owner" --regid="$group" --clear-groups --no-new-privs env HOME=/nonexistent)
fi
chmod -R a-w,a+rX "$app"

# The image's environment, but for the port. setpriv, env and dotnet replace one another, so the pid is the server's.
cd "$data"
"${as_user[@]}" env ASPNETCORE_HTTP_PORTS= ASPNETCORE_URLS=http://0.0.0.0:0 Storage__DataDirectory="$data" \
  dotnet "$app/Ailee.Vcp.Server.dll" >"$log" 2>&1 &
pid=$!
wait_for 60 'address in the log' grep -q 'Now listening on: http://0\.0\.0\.0:' "$log"
port=$(sed -nE 's|.*Now listening on: http://0\.0\.0\.0:([0-9]+).*|\1|p' "$log" | head -n 1)
url=http://127.0.0.1:$port
wait_for 30 'key in admin.key' test -s "$data/admin.key"

expect 200 /health/ready
expect 401 /api/v1/tasks
contains '"code":"unauthorized"'
expect 401 /api/v1/tasks --header 'Authorization: Bearer vcp_wrong'

# The key goes through a file, not through the list of processes.
(umask 077 && echo "header = \"Authorization: Bearer $(cat "$data/admin.key")\"" >"$work/curlrc")
expect 201 /api/v1/modules --config "$work/curlrc" --header 'Content-Type: application/wasm' --data-binary "@$guest"
digest=sha256:$(sha256sum "$guest" | cut -d ' ' -f 1)
contains "$digest"
expect 200 /api/v1/tasks --config "$work/curlrc" --header 'Content-Type: application/json' --header 'Prefer: wait=30' \
  --data "{\"module\":\"$digest\",\"entrypoint\":\"add\",\"args\":[2,40]}"
contains '"state":"completed"'
contains '"value":42'

foreign=$(find "$data" ! -user "$owner")
[[ -z $foreign ]] || fail "not of $owner: $foreign"
for key in admin.key node.key cache.key; do
  mode=$(stat -c %a "$data/$key") || fail "there is no $key"
  [[ $mode == 600 ]] || fail "$key has mode $mode"
done

kill -TERM "$pid"
for _ in {1..75}; do
  kill -0 "$pid" 2>/dev/null || break
  sleep 0.2
done
kill -0 "$pid" 2>/dev/null && fail 'the server does not stop'
status=0
wait "$pid" || status=$?
pid=
[[ $status == 0 ]] || fail "the server ended with exit code $status"
echo 'publish check passed'
