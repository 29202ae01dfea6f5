#!/usr/bin/env bash
# Sees to it that the browser tests find Chromium. Installs it where that surprises nobody: as root on a machine with
# apt-get, or in CI with sudo that asks no password. Elsewhere it says what to install, and the browser tests fail unless
# KG_NO_BROWSER=1 leaves them out.
#   KG_CHROMIUM=/path/to/chromium   use this one
#   KG_REQUIRE_BROWSER=1            fail when there is none
set -euo pipefail

fonts=/usr/share/fonts/truetype/noto # Latin, Cyrillic and Arabic letters, for the screenshots

found() {
  [[ -n "${KG_CHROMIUM:-}" && -x "${KG_CHROMIUM:-}" ]] && return 0
  local name
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" >/dev/null && return 0
  done
  return 1
}

as_root=()
can_install() {
  command -v apt-get >/dev/null || return 1
  [[ "$(id -u)" == 0 ]] && return 0
  as_root=(sudo -n)
  [[ "${CI:-}" == true ]] && command -v sudo >/dev/null && sudo -n true 2>/dev/null
}

install() {
  echo "browser: installing $* with apt-get" >&2
  "${as_root[@]}" apt-get update -qq >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}

if ! found && can_install; then
  install chromium fonts-noto-core || echo "browser: apt-get could not install Chromium" >&2
elif found && [[ ! -d "$fonts" ]] && can_install; then
  install fonts-noto-core || echo "browser: apt-get could not install fonts" >&2
fi

if ! found; then
  cat >&2 <<'TEXT'
********************************************************************************
No Chromium on this machine: the browser tests will FAIL.
  Debian, Ubuntu:   sudo apt-get install chromium fonts-noto-core
  Fedora:           sudo dnf install chromium google-noto-sans-fonts google-noto-sans-arabic-fonts
  macOS:            brew install --cask chromium, then KG_CHROMIUM=/Applications/Chromium.app/Contents/MacOS/Chromium
  anywhere else:    KG_CHROMIUM=/path/to/chromium make test
  without one:      KG_NO_BROWSER=1 make test leaves the browser tests out and says so
********************************************************************************
TEXT
  [[ "${KG_REQUIRE_BROWSER:-}" != 1 ]]
fi
