# Shared by the scripts in this folder: what the machine must have, and the release build.
# Meant to be sourced; the caller sets `root` to the top folder of the project.

say() { printf '%s\n' "$*" >&2; }

# Installs the named Debian packages, as root or through sudo, and says so.
install_packages() {
  local as_root=()
  if ! command -v apt-get >/dev/null 2>&1; then
    say "error: missing: $*. Install them with the package manager of this system and run again."
    return 1
  fi
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
      say "error: missing: $*. Run 'apt-get install $*' as root and try again."
      return 1
    fi
    as_root=(sudo)
  fi
  say "installing $*"
  if try_install "$@"; then return 0; fi
  # A machine that has never updated its package lists knows no package at all.
  say "updating the package lists"
  if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq update >&2; then
    say "error: 'apt-get update' failed; see above."
    return 1
  fi
  if try_install "$@"; then return 0; fi
  say "error: could not install $*. The last lines of apt-get:"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -y -q install --no-install-recommends "$@" 2>&1 | tail -n 15 >&2
  return 1
}

try_install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -y -qq install --no-install-recommends "$@" >/dev/null 2>&1 </dev/null
}

# Installs what a build needs and this machine lacks.
prepare_build() {
  local missing=()
  has_header histedit.h || missing+=(libedit-dev)
  has_header zlib.h || missing+=(zlib1g-dev)
  has_header lmdb.h || missing+=(liblmdb-dev)
  command -v git >/dev/null 2>&1 || missing+=(git ca-certificates)
  if [ "${#missing[@]}" -gt 0 ]; then install_packages "${missing[@]}" || return 1; fi
  if ! command -v swift >/dev/null 2>&1; then
    say "error: no 'swift' on the PATH. Install the Swift 6.3 toolchain from https://www.swift.org/install/linux/ and run again."
    return 1
  fi
}

# Looks where the system's C compilers look by default.
has_header() {
  local folder
  for folder in /usr/include /usr/local/include "/usr/include/$(uname -m)-linux-gnu"; do
    if [ -e "$folder/$1" ]; then return 0; fi
  done
  return 1
}

binary_path() { printf '%s/.build/release/factsh' "$root"; }

# True if the release binary is there and no source is newer than its build.
is_built() {
  local stamp="$root/.build/factsh-release.stamp"
  [ -x "$(binary_path)" ] && [ -e "$stamp" ] || return 1
  [ -z "$(find "$root/Sources" "$root/Package.swift" -newer "$stamp" -print -quit)" ]
}

# Prints the linker's options that take the small C libraries from their archives where all of those
# are there: a program starts two milliseconds sooner with six shared libraries fewer to look up.
archive_options() {
  local folder="$root/.build/archives" system name
  system="/usr/lib/$(uname -m)-linux-gnu"
  for name in edit z lmdb tinfo bsd md; do
    [ -e "$system/lib$name.a" ] || return 0
  done
  mkdir -p "$folder"
  for name in edit z lmdb tinfo bsd md; do ln -sf "$system/lib$name.a" "$folder/lib$name.a"; done
  # The runtime's own C++ library is the one with most symbols to look up. Its unwinder is that of
  # the compiler, which the linker asks for under the name of the shared one.
  local compiler="$(dirname "$(readlink -f "$(command -v swift)")")/clang" library unwinder
  library="$("$compiler" -print-file-name=libstdc++.a 2>/dev/null)" || library=
  unwinder="$("$compiler" -print-file-name=libgcc_eh.a 2>/dev/null)" || unwinder=
  if [ -e "$library" ] && [ -e "$unwinder" ]; then
    ln -sf "$library" "$folder/libstdc++.a"
    ln -sf "$unwinder" "$folder/libgcc_s.a"
  fi
  printf -- '-Xlinker -L%s -Xlinker -ltinfo -Xlinker -lbsd -Xlinker -lmd' "$folder"
}

# Builds the release binary with the Swift runtime linked in. Its output is shown only if it fails.
# At a fixed address the program starts a millisecond sooner: nothing of it is relocated.
build_release() {
  local log="$root/.build/factsh-release.log" stamp="$root/.build/factsh-release.stamp" options=()
  mkdir -p "$root/.build"
  prepare_build || return 1
  read -ra options <<<"$(archive_options)"
  say "building factsh (the first time takes a few minutes)"
  # The time of the stamp is that of the start, so that an edit made meanwhile counts as newer.
  touch "$stamp.new"
  if ! swift build --package-path "$root" -c release --static-swift-stdlib -Xlinker -no-pie \
    "${options[@]}" --product factsh >"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    say "error: the build failed; its output is above and in $log"
    return 1
  fi
  mv "$stamp.new" "$stamp"
}
