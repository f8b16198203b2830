#!/usr/bin/env bash
# Builds the guests beside this script. The same tools give the same bytes, from any directory.
#
#   build.sh                 the .wasm files, and their digests in the .http files
#   build.sh --check         build into a temporary directory and compare with the committed .wasm files
#   build.sh --native DIR    the C programs for this machine, into DIR, to compare their output
set -euo pipefail

# The C library of any machine will do for these.
portable_guests=(wordfreq mlp mandelbrot sha256 files)
# These have functions and no main: the first need no library at all, a reactor has one that is set up first.
bare_guests=(math bytes)
reactor_guests=(json)
# observe speaks WASI itself.
guests=("${portable_guests[@]}" observe "${bare_guests[@]}" "${reactor_guests[@]}")

# No fused multiply-add: a native build on arm64 would round differently from WebAssembly.
cflags=(-std=c11 -O2 -ffp-contract=off -Wall -Wextra -Werror)

fail() {
    echo "build.sh: $*" >&2
    exit 1
}

need_tools() {
    command -v clang > /dev/null || fail "clang is missing. On Debian: apt-get install clang"
    [ "$1" = native ] && return
    local major
    major=$(clang -dumpversion | cut -d. -f1)
    if ! command -v wasm-ld > /dev/null || ! can_link_wasi; then
        fail "cannot build for WebAssembly. On Debian: apt-get install clang lld wasi-libc libclang-rt-$major-dev-wasm32"
    fi
}

can_link_wasi() {
    printf '#include <stdio.h>\nint main(void) { return puts("") < 0; }\n' > "$scratch/probe.c"
    clang --target=wasm32-wasi -o "$scratch/probe.wasm" "$scratch/probe.c" 2> "$scratch/probe.log" && return
    cat "$scratch/probe.log" >&2
    return 1
}

# Compiles and links in two steps, because clang runs wasm-opt behind its back when it links with -O and finds one.
# -s drops the names and the debug information, which hold build paths.
build_wasm() {
    local guest=$1 output=$2 object="$scratch/$1.o"
    case " ${bare_guests[*]} : ${reactor_guests[*]} " in
        *" $guest "*:*)
            clang --target=wasm32 "${cflags[@]}" -nostdlib -c -o "$object" "$guest/$guest.c"
            clang --target=wasm32 -nostdlib -Wl,--no-entry -s -o "$output" "$object" ;;
        *:*" $guest "*)
            clang --target=wasm32-wasi "${cflags[@]}" -c -o "$object" "$guest/$guest.c"
            clang --target=wasm32-wasi -mexec-model=reactor -s -o "$output" "$object" ;;
        *)
            clang --target=wasm32-wasi "${cflags[@]}" -c -o "$object" "$guest/$guest.c"
            clang --target=wasm32-wasi -s -o "$output" "$object" ;;
    esac
}

build_native() {
    mkdir -p -- "$1"
    local guest
    for guest in "${portable_guests[@]}"; do
        clang "${cflags[@]}" -o "$1/$guest" "$guest/$guest.c"
    done
}

digest_of() {
    echo "sha256:$(sha256sum < "$1" | cut -d' ' -f1)"
}

build_all() {
    local guest
    for guest in "${guests[@]}"; do
        build_wasm "$guest" "$scratch/$guest.wasm"
        # Not moved, so that the file's mode is that of any other file and not the linker's.
        cat "$scratch/$guest.wasm" > "$guest/$guest.wasm"
        sed -i -E "s/sha256:[0-9a-f]{64}/$(digest_of "$guest/$guest.wasm")/" "$guest/$guest.http"
        echo "$(digest_of "$guest/$guest.wasm") $guest/$guest.wasm"
    done
}

check_all() {
    local guest named failures=0
    for guest in "${guests[@]}"; do
        build_wasm "$guest" "$scratch/$guest.wasm"
        named=$(grep -oE 'sha256:[0-9a-f]{64}' "$guest/$guest.http" | sort -u || true)
        if ! cmp -- "$scratch/$guest.wasm" "$guest/$guest.wasm"; then
            failures=$((failures + 1))
        elif [ "$named" != "$(digest_of "$guest/$guest.wasm")" ]; then
            echo "build.sh: $guest/$guest.http names another digest" >&2
            failures=$((failures + 1))
        else
            echo "same $guest/$guest.wasm"
        fi
    done
    [ "$failures" = 0 ] || fail "$failures of ${#guests[@]} differ (compiler here: $(clang --version | head -n 1))"
}

usage() {
    echo "usage: build.sh [--check | --native DIR]" >&2
    exit 2
}

case "$#:${1:-}" in
    0: | 1:--check) ;;
    2:--native) native=$(realpath -m -- "$2") ;;
    *) usage ;;
esac

# Settings of the caller that would find other headers and libraries.
unset CPATH C_INCLUDE_PATH LIBRARY_PATH
export LC_ALL=C
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT

case "${1:-}" in
    '') need_tools wasm; build_all ;;
    --check) need_tools wasm; check_all ;;
    --native) need_tools native; build_native "$native" ;;
esac
