# Sourced by quickstart.sh: packs, checkpoints, submissions, the leaderboard.

python_ventral() { PYTHONPATH="$VENTRAL_ROOT/client/python" "$VENTRAL_PYTHON" -m "$@"; }

VENTRAL_SHARED=${VENTRAL_SHARED:-$VENTRAL_ROOT/../shared}

run_demo() {
  local packs="$VENTRAL_STATE/packs" networks="$VENTRAL_STATE/networks" name
  mkdir -p "$packs" "$networks"
  for name in kriegeskorte2008 cowley2023_v4 algonauts2019; do build_pack "$name"; done
  [ -d "$packs/simulated-cortex" ] ||
    step "make the pack simulated-cortex and its networks" python_ventral ventral.simulated "$VENTRAL_STATE/simulated"
  [ -d "$packs/simulated-cortex" ] || cp -r "$VENTRAL_STATE/simulated/simulated-cortex" "$packs/"
  for name in "$packs"/*/; do
    step "publish $(basename "$name")" ventral pack publish "${name%/}"
  done
  export_networks
  submit_networks
  say_sandbox
  say ""
  ventral leaderboard
}

# From the published files beside the checkout, else downloaded from their pinned source, else left out.
build_pack() {
  local name=$1 out="$VENTRAL_STATE/packs/$1" log="$VENTRAL_LOGS/build_$1.log"
  [ ! -d "$out" ] || return 0
  if [ -d "$VENTRAL_SHARED/data/sources" ]; then
    step "build the pack $name from published files" \
      ventral pack build "$VENTRAL_ROOT/benchmarks/$name" --from "$VENTRAL_SHARED/data" --out "$out"
  elif [ -n "${VENTRAL_OFFLINE:-}" ]; then
    say "- pack $name: left out, as VENTRAL_OFFLINE is set and no ../shared is beside this checkout"
  else
    mkdir -p "$VENTRAL_LOGS"
    printf -- '- download and build the pack %s … ' "$name"
    if ventral pack build "$VENTRAL_ROOT/benchmarks/$name" --out "$out" > "$log" 2>&1; then
      printf 'done\n'
    else
      printf 'left out: its source cannot be had (%s)\n' "$log"
    fi
  fi
}

# A line a network of the demo: name|architecture|training data|objective|learning rule.
networks_of_the_demo() {
  if [ -d "$VENTRAL_SHARED/models" ]; then
    cat << 'EOT'
squeezenet1_1|SqueezeNet 1.1|ImageNet-1k|classification, cross-entropy|SGD, back-propagation
squeezenet1_1_random|SqueezeNet 1.1|none|none|none
mobilenet_v2_1.0_224|MobileNet v2|ImageNet-1k|classification, cross-entropy|SGD, back-propagation
EOT
  fi
  cat << 'EOT'
simulated-teacher|small convolutional network|none|none|none
simulated-student|small convolutional network|none|none|none
simulated-random|small convolutional network|none|none|none
EOT
}

export_networks() {
  local out="$VENTRAL_STATE/networks"
  if [ -d "$VENTRAL_SHARED/models" ]; then
    local models="$VENTRAL_SHARED/models"
    export_known squeezenet1_1 "$out/squeezenet1_1.pt2"
    export_known squeezenet1_1 "$out/squeezenet1_1_random.pt2" --random 1
    export_known mobilenet_v2_1.0_224 "$out/mobilenet_v2_1.0_224.pt2"
  else
    say "- no ../shared/models beside this checkout: the demo scores the small networks made on the spot"
  fi
  for name in teacher student random; do
    cp -n "$VENTRAL_STATE/simulated/$name.pt2" "$out/simulated-$name.pt2"
  done
}

export_known() {
  local name=$1 file=$2
  shift 2
  [ -e "$file" ] || step "export $(basename "$file")" \
    python_ventral ventral.export_known "$name" --models "$VENTRAL_SHARED/models" --out "$file" "$@"
}

# Real networks are scored on every pack. The small ones too where there are no others, else on simulated-cortex only.
submit_networks() {
  local name architecture data objective rule pack
  while IFS='|' read -r name architecture data objective rule; do
    for pack in "$VENTRAL_STATE"/packs/*/; do
      pack=$(basename "$pack")
      case "$name:$pack" in
        simulated-*:simulated-cortex | mobilenet*:* | squeezenet*:*) ;;
        *) [ ! -d "$VENTRAL_SHARED/models" ] || continue ;;
      esac
      submit_once "$name" "$pack" --architecture "$architecture" --training-data "$data" --objective "$objective" \
        --learning-rule "$rule"
    done
  done < <(networks_of_the_demo)
}

# Of the `ventral status --json` on stdin: what seals a checkpoint on the worker that was heard of last; fails where none was.
sandbox_of_status() {
  "$VENTRAL_PYTHON" -c '
import json, sys
workers = json.load(sys.stdin)["workers"]
if not workers: sys.exit(1)
node = min(workers, key=lambda worker: int(worker.get("unseenSeconds", 0)))["node"]
missing = "".join(f"; without {layer} ({why})" for layer, why in sorted(node.get("missing", {}).items()))
print(", ".join(node.get("sandbox", [])) + missing)'
}

# A worker is listed when it has asked for its first job, which takes it some seconds.
say_sandbox() {
  local layers waited=0
  until layers=$(ventral status --json | sandbox_of_status); do
    [ "$waited" -lt 60 ] || fail "the worker has asked for no job in 60 s; its log is $VENTRAL_LOGS/worker.log"
    is_running worker || fail "the worker ended; its log is $VENTRAL_LOGS/worker.log"
    sleep 1
    waited=$((waited + 1))
  done
  say "- sandbox around each network: $layers"
}

# A second run finds the job of the first and does not submit again.
submit_once() {
  local name=$1 pack=$2
  shift 2
  local stamp="$VENTRAL_STATE/submitted/$name-$pack"
  [ ! -e "$stamp" ] || return 0
  local start log="$VENTRAL_LOGS/score_$name-$pack.log"
  start=$(date +%s)
  say "- score $name on $pack"
  # Its scores go to the log, and stand on the leaderboard; progress is for the screen.
  ventral submit "$VENTRAL_STATE/networks/$name.pt2" --name "$name" --pack "$pack" --watch "$@" > "$log" < /dev/null ||
    fail "scoring $name on $pack failed: $(tail -n 3 "$log")"
  say "  scored in $(($(date +%s) - start)) s"
  mkdir -p "$VENTRAL_STATE/submitted"
  touch "$stamp"
}

say_what_next() {
  local prefix config="$VENTRAL_CONFIG" bin="$VENTRAL_BIN" model benchmark=simulated-cortex.neurons.ridge pack=simulated-cortex
  case "$config" in "$PWD"/*) config=${config#"$PWD"/} ;; esac
  prefix="VENTRAL_CONFIG=$config "
  case "$bin" in "$PWD"/*) bin=${bin#"$PWD"/} ;; esac
  model=simulated-teacher
  if [ -e "$VENTRAL_STATE/networks/squeezenet1_1.pt2" ]; then model=squeezenet1_1; fi
  if [ -d "$VENTRAL_STATE/packs/kriegeskorte2008" ]; then
    pack=kriegeskorte2008 benchmark=kriegeskorte2008.human_it.rsa
  fi
  cat << EOT

Ventral is running at $VENTRAL_SERVER. Four commands to try next:

  $prefix$bin/ventral show $model
  $prefix$bin/ventral leaderboard --benchmark $benchmark
  $prefix$bin/ventral jobs
  $bin/ventral score $VENTRAL_STATE/networks/$model.pt2 --pack $VENTRAL_STATE/packs/$pack

VENTRAL_CONFIG names the server and your token, that of its admin; 'export VENTRAL_CONFIG=$config' once and leave it out.
Stop it with deploy/quickstart.sh --down; start it again with deploy/quickstart.sh.
EOT
}
