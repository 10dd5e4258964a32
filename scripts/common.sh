# shellcheck shell=bash
# Functions that the scripts share: to be sourced, not run.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

# Packages needed to build and use the program. An entry package:command means that whoever has the command needs no package for
# it.
# shellcheck disable=SC2034
packages=(
  g++:c++ cmake:cmake ninja-build:ninja librsvg2-bin:rsvg-convert
  libcli11-dev libhwy-dev nlohmann-json3-dev zlib1g-dev libzip-dev libcurl4-openssl-dev libssl-dev libpng-dev ca-certificates)
# Packages needed by the tests, those of parts that are built only where they are there (ONNX) among them.
# shellcheck disable=SC2034
test_packages=("${packages[@]}" libgtest-dev libonnx-dev libprotobuf-dev)

fail() {
  echo "error: $*" >&2
  exit 1
}

# On a terminal: shows the latest line of stdin, in place.
show_latest_line() {
  if [[ ! -t 1 ]]; then
    cat >/dev/null
    return
  fi
  local line
  while IFS= read -r line; do printf '\r\033[K  %.76s' "$line"; done
  printf '\r\033[K'
}

# with_log NAME COMMAND...: runs COMMAND with its output in build/NAME.log, shown only when COMMAND fails.
with_log() {
  local log="$root/build/$1.log"
  shift
  mkdir -p "$root/build"
  if ! "$@" 2>&1 </dev/null | tee "$log" | show_latest_line; then
    tail -n 60 "$log" >&2
    fail "this failed: $* (the whole output: $log)"
  fi
}

is_installed() {
  [[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]
}

# missing_packages PACKAGE[:COMMAND]...: prints those of the arguments that this machine lacks.
missing_packages() {
  local entry
  for entry in "$@"; do
    if [[ $entry == *:* ]]; then
      command -v "${entry#*:}" >/dev/null || echo "${entry%:*}"
    else
      is_installed "$entry" || echo "$entry"
    fi
  done
}

# install_missing PACKAGE[:COMMAND]...: installs those that are missing; where none is, it needs neither root nor network.
install_missing() {
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    echo "  no apt here, so nothing is installed; needed are, by their Debian names: ${*%:*}"
    return
  fi
  local missing
  mapfile -t missing < <(missing_packages "$@")
  if ((${#missing[@]} == 0)); then
    echo "  all there"
    return
  fi
  local as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || fail "not root and no sudo here. As root: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  echo "  installing ${missing[*]}"
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive
    apt-get -q -y -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300)
  with_log apt-update "${apt[@]}" update
  with_log apt-install "${apt[@]}" install --no-install-recommends "${missing[@]}"
}

# How many compilers to run at once: one per core, but no more than fit into memory at 1.5 GiB each.
build_jobs() {
  local cores memory limit
  cores="$(nproc)"
  memory="$(awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo 2>/dev/null || true)"
  memory="${memory:-$((cores * 1536))}"
  if [[ -r /sys/fs/cgroup/memory.max ]]; then
    limit="$(</sys/fs/cgroup/memory.max)"
    if [[ $limit != max ]] && ((limit / 1048576 < memory)); then memory=$((limit / 1048576)); fi
  fi
  local jobs=$((memory / 1536))
  if ((jobs > cores)); then jobs=$cores; fi
  echo $((jobs < 1 ? 1 : jobs))
}

# configure PRESET [OPTION]...
configure() {
  with_log "configure-$1" cmake --preset "$@"
}

# build PRESET [TARGET]...: builds what is configured (everything, unless TARGETs are named).
build() {
  local preset="$1"
  shift
  with_log "build-$preset" cmake --build --preset "$preset" --parallel "$(build_jobs)" ${1:+--target "$@"}
}

# step TITLE: the heading of the next numbered step, with the time the one before took.
step_number=0
step() {
  end_step
  step_number=$((step_number + 1))
  step_start=$SECONDS
  echo "$step_number. $1"
}
end_step() {
  if ((step_number > 0)) && ((SECONDS - step_start > 0)); then echo "  ($((SECONDS - step_start)) s)"; fi
}
