#!/usr/bin/env bash
# Chromium and Chinese fonts for the browser journeys, and a Java runtime for Spark: through apt where root and
# apt are at hand, otherwise says what is missing. A missing part is a failure.
set -euo pipefail

have_fonts() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn 2>/dev/null)" ]; }

missing=()
command -v chromium >/dev/null || missing+=(chromium)
have_fonts || missing+=(fonts-noto-cjk)
[ -x "${JAVA_HOME:-}/bin/java" ] || command -v java >/dev/null || missing+=(openjdk-17-jre-headless)
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing ${missing[*]} (about a minute) ..."
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" fontconfig >/dev/null
  exit 0
fi

echo "The browser journeys and the rules on Spark need: ${missing[*]}. Install them with your package manager," >&2
echo "for example: sudo apt-get install ${missing[*]}" >&2
exit 1
