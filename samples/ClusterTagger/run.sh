#!/usr/bin/env bash
# Tags a folder with three silos on this machine. The cluster and its database exist only while the script runs; the
# result files stay in OUTPUT.
set -euo pipefail
if [ $# -lt 2 ]; then
    echo "Usage: run.sh FOLDER MODEL.onnx [OUTPUT]" >&2
    exit 2
fi
photos=$(realpath -- "$1") model=$(realpath -- "$2") output=$(realpath -m -- "${3:-tags}")
here=$(cd -- "$(dirname -- "$0")" && pwd)
port=${POSTGRES_PORT:-25432}

fail() { echo "$1" >&2; exit 1; }

# Debian keeps the programs of the server out of the PATH.
initdb=$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1 || command -v initdb) \
    || fail "PostgreSQL is not installed (Debian: apt install postgresql)."
programs=$(dirname -- "$(realpath -- "$initdb")")
command -v dotnet >/dev/null || fail "The .NET SDK is not installed; see https://dotnet.microsoft.com/download."
[ -d "$photos" ] || fail "The folder '$photos' does not exist."
[ -f "$model" ] || fail "The model '$model' does not exist."

folder=$(mktemp -d)
silos=()
# PostgreSQL refuses to run as root.
as_server=()
if [ "$(id -u)" = 0 ]; then
    as_server=(runuser -u postgres --)
    chown postgres "$folder"
    chmod 755 "$folder"
fi
postgres() { (cd "$folder" && "${as_server[@]}" "$programs/$1" "${@:2}"); }

stop() {
    [ ${#silos[@]} = 0 ] || kill "${silos[@]}" 2>/dev/null || true
    wait
    [ ! -f "$folder/data/postmaster.pid" ] || postgres pg_ctl stop --pgdata data --mode fast --silent
    rm -rf -- "$folder"
}
trap stop EXIT

for program in Silo Client; do
    dotnet build "$here/$program" -c Release >"$folder/build.log" || fail "$(grep ': error' "$folder/build.log")"
done

postgres initdb --pgdata data --username postgres --auth trust --encoding UTF8 --no-locale >"$folder/initdb.log"
postgres pg_ctl start --wait --silent --pgdata data --log "$folder/server.log" \
    --options "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=''" \
    || fail "PostgreSQL did not start. $(tail -n 3 "$folder/server.log")"
"$programs/psql" "host=127.0.0.1 port=$port user=postgres" --quiet --no-psqlrc --set ON_ERROR_STOP=1 \
    --single-transaction --file "$here/postgresql.sql"
connection="Host=127.0.0.1;Port=$port;Username=postgres;Database=postgres"

for i in 0 1 2; do
    page=()
    [ $i != 0 ] || page=(--dashboard 8080)
    dotnet "$here/Silo/bin/Release/net10.0/Silo.dll" --postgres "$connection" --model "$model" \
        --port $((11111 + i)) --gateway $((30000 + i)) "${page[@]}" >"$folder/silo$i.log" 2>&1 &
    silos+=($!)
done
echo "Dashboard: http://localhost:8080. The logs are in $folder until the end."
status=0
dotnet "$here/Client/bin/Release/net10.0/Client.dll" start photos "$photos" --output "$output" \
    --postgres "$connection" || status=$?
if [ $status != 0 ]; then
    cat "$folder"/silo*.log >&2
else
    echo "The results are in $output. files.txt lists them."
fi
exit $status
