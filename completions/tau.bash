# Completions of tau for bash, made from its command tree. Load them with: source <(tau completion bash)

__tau_names() {
  commands='' options=''
  case $1 in
    'tau') commands='exec models sessions checkpoints cost doctor onboard auth config keys policy mcp schema completion' options='-m --model --effort --fallback --mode --allow --deny --max-cost --max-tokens --max-steps --on-limit -c --continue -r --resume -C --cwd --profile --require-evidence -V --version --plain --screen -h --help' ;;
    'tau exec') commands='' options='-m --model --effort --fallback --mode --allow --deny --max-cost --max-tokens --max-steps --on-limit -c --continue -r --resume -C --cwd --profile --require-evidence -o --output --json --compat --output-schema --verify --require-model --timeout --network-timeout --idle-timeout --image --stdin --no-stdin --record --replay -h --help' ;;
    'tau models') commands='' options='--provider --profile --json -h --help' ;;
    'tau sessions') commands='list show search export import delete tree fork label rewind compact' options='-h --help' ;;
    'tau sessions list') commands='' options='--json --all --limit -h --help' ;;
    'tau sessions show') commands='' options='--json -h --help' ;;
    'tau sessions search') commands='' options='--json --all --limit -h --help' ;;
    'tau sessions export') commands='' options='--format -h --help' ;;
    'tau sessions import') commands='' options='--json -h --help' ;;
    'tau sessions delete') commands='' options='--json --yes -h --help' ;;
    'tau sessions tree') commands='' options='--json -h --help' ;;
    'tau sessions fork') commands='' options='--json -h --help' ;;
    'tau sessions label') commands='' options='--json --at -h --help' ;;
    'tau sessions rewind') commands='' options='--to --conversation --files --both --dry-run --diff --overwrite --skip --json -h --help' ;;
    'tau sessions compact') commands='' options='--focus --preview --undo -m --model --max-cost --json -h --help' ;;
    'tau checkpoints') commands='list collect finish' options='-h --help' ;;
    'tau checkpoints list') commands='' options='--json -h --help' ;;
    'tau checkpoints collect') commands='' options='--json -h --help' ;;
    'tau checkpoints finish') commands='' options='--undo --json -h --help' ;;
    'tau cost') commands='' options='--by --session --json --csv -h --help' ;;
    'tau doctor') commands='' options='--online --profile --fix --yes --store --json -h --help' ;;
    'tau onboard') commands='' options='--profile --plain --restart --non-interactive --answers --provider --base-url --key-env --key-stdin -m --model --mode --daily-budget --theme --check --json -h --help' ;;
    'tau auth') commands='login logout status' options='-h --help' ;;
    'tau auth login') commands='' options='--stdin --no-check --profile -h --help' ;;
    'tau auth logout') commands='' options='--all -h --help' ;;
    'tau auth status') commands='' options='--json --profile -h --help' ;;
    'tau config') commands='list get set unset edit path schema' options='-h --help' ;;
    'tau config list') commands='' options='--profile --origin --json -h --help' ;;
    'tau config get') commands='' options='--profile --origin --json -h --help' ;;
    'tau config set') commands='' options='--project --local --profile -h --help' ;;
    'tau config unset') commands='' options='--project --local --profile -h --help' ;;
    'tau config edit') commands='' options='--project --local -h --help' ;;
    'tau config path') commands='' options='--project --local -h --help' ;;
    'tau config schema') commands='' options='-h --help' ;;
    'tau keys') commands='' options='--default --json -h --help' ;;
    'tau policy') commands='list explain simulate presets' options='-h --help' ;;
    'tau policy list') commands='' options='--json -h --help' ;;
    'tau policy explain') commands='' options='--mode --json -h --help' ;;
    'tau policy simulate') commands='' options='--allow --ask --deny --without --config --preset --mode --all --limit --json -h --help' ;;
    'tau policy presets') commands='' options='--json -h --help' ;;
    'tau mcp') commands='list get check allow add remove' options='-h --help' ;;
    'tau mcp list') commands='' options='--json -h --help' ;;
    'tau mcp get') commands='' options='--json -h --help' ;;
    'tau mcp check') commands='' options='-h --help' ;;
    'tau mcp allow') commands='' options='--yes -h --help' ;;
    'tau mcp add') commands='' options='--url --env --header --tools -h --help' ;;
    'tau mcp remove') commands='' options='-h --help' ;;
    'tau schema') commands='' options='-h --help' ;;
    'tau completion') commands='' options='-h --help' ;;
  esac
}

__tau_spec() {
  spec=''
  case $1 in
    'tau -m'|'tau --model'|'tau --fallback'|'tau exec -m'|'tau exec --model'|'tau exec --fallback'|'tau models 2'|'tau sessions compact -m'|'tau sessions compact --model'|'tau onboard -m'|'tau onboard --model') spec='@models' ;;
    'tau --effort'|'tau exec --effort') spec='=none minimal low medium high xhigh max' ;;
    'tau --mode'|'tau exec --mode'|'tau policy explain --mode'|'tau policy simulate --mode') spec='=plan ask edit full' ;;
    'tau --allow'|'tau --deny'|'tau --max-cost'|'tau --max-tokens'|'tau --max-steps'|'tau exec --allow'|'tau exec --deny'|'tau exec --max-cost'|'tau exec --max-tokens'|'tau exec --max-steps'|'tau exec --verify'|'tau exec --timeout'|'tau exec --network-timeout'|'tau exec --idle-timeout'|'tau sessions list --limit'|'tau sessions search --limit'|'tau sessions search 1'|'tau sessions fork 2'|'tau sessions label --at'|'tau sessions label 2'|'tau sessions rewind --to'|'tau sessions compact --focus'|'tau sessions compact --max-cost'|'tau onboard --base-url'|'tau onboard --key-env'|'tau onboard --mode'|'tau onboard --daily-budget'|'tau policy explain 1'|'tau policy simulate --allow'|'tau policy simulate --ask'|'tau policy simulate --deny'|'tau policy simulate --without'|'tau policy simulate --limit'|'tau mcp get 1'|'tau mcp check 1'|'tau mcp allow 1'|'tau mcp add --url'|'tau mcp add --env'|'tau mcp add --header'|'tau mcp add --tools'|'tau mcp add 1'|'tau mcp add *'|'tau mcp remove 1') spec='-' ;;
    'tau --on-limit'|'tau exec --on-limit') spec='=wait fallback exit' ;;
    'tau -r'|'tau --resume'|'tau exec -r'|'tau exec --resume'|'tau sessions show 1'|'tau sessions export 1'|'tau sessions delete 1'|'tau sessions tree 1'|'tau sessions fork 1'|'tau sessions label 1'|'tau sessions rewind 1'|'tau sessions compact 1'|'tau cost --session') spec='@sessions' ;;
    'tau -C'|'tau --cwd'|'tau exec -C'|'tau exec --cwd') spec='/d' ;;
    'tau --profile'|'tau exec --profile'|'tau models --profile'|'tau doctor --profile'|'tau onboard --profile'|'tau auth login --profile'|'tau auth status --profile'|'tau config list --profile'|'tau config get --profile'|'tau config set --profile'|'tau config unset --profile') spec='@profiles' ;;
    'tau --screen') spec='=inline full' ;;
    'tau *'|'tau exec --output-schema'|'tau exec --image'|'tau exec --record'|'tau exec --replay'|'tau exec *'|'tau sessions import 1'|'tau onboard --answers'|'tau policy simulate --config') spec='/f' ;;
    'tau exec -o'|'tau exec --output') spec='=text json stream-json' ;;
    'tau exec --compat') spec='=codex claude gemini opencode' ;;
    'tau models --provider'|'tau onboard --provider'|'tau auth login 1'|'tau auth logout 1') spec='@providers' ;;
    'tau models 1') spec='=list show refresh' ;;
    'tau sessions export --format') spec='=jsonl markdown' ;;
    'tau cost --by') spec='=model upstream project session day turn step helper tool file' ;;
    'tau cost 1') spec='=today week month all' ;;
    'tau onboard --theme') spec='@themes' ;;
    'tau config get 1'|'tau config set 1'|'tau config unset 1') spec='@config-keys' ;;
    'tau config set *') spec='@config-values' ;;
    'tau policy simulate --preset') spec='=strict balanced permissive none' ;;
    'tau schema 1') spec='=events config' ;;
    'tau completion 1') spec='=bash zsh fish powershell' ;;
  esac
}

# The words up to the cursor, as they were typed.
__tau_words() {
  local line=${COMP_LINE:0:COMP_POINT} i piece rest
  words=() count=0
  for ((i = 0; i <= COMP_CWORD; i++)); do
    piece=${COMP_WORDS[i]}
    rest=${line#"${line%%[![:space:]]*}"}
    ((i == COMP_CWORD)) && piece=$rest
    if ((count > 0)) && [[ $rest == "$line" && -n $rest ]]; then
      words[count - 1]=${words[count - 1]}$piece
    else
      words[count]=$piece
      count=$((count + 1))
    fi
    line=${rest#"$piece"}
  done
}

# Offers one candidate, if it goes on with what was typed.
__tau_offer() {
  local value=$1 about=$2
  [[ $value == "$bare"* ]] || return 0
  if [[ $COMP_TYPE == 63 && -n $about ]]; then
    COMPREPLY[${#COMPREPLY[@]}]="$value  ($about)"
    return 0
  fi
  case $typed in
    [\"\']*) ;;
    *)
      printf -v value '%q' "$value"
      [[ $COMP_WORDBREAKS == *:* && $bare == *:* ]] && value=${value#"${bare%"${bare##*:}"}"}
      ;;
  esac
  [[ $value == */ ]] || nospace=''
  COMPREPLY[${#COMPREPLY[@]}]=$head$value
}

# Offers what a spec says: =words, @what Tau knows, /f files, /d folders.
__tau_values() {
  local value about flag=f
  case $1 in
    =*) for value in ${1#=}; do __tau_offer "$value"; done ;;
    @*)
      while IFS=$'\t' read -r value about; do
        [[ -n $value ]] && __tau_offer "$value" "$about"
      done < <(command tau __complete "${1#@}" "$bare" "$2" 2>/dev/null)
      ;;
    /*)
      [[ $1 == /d ]] && flag=d
      compopt -o filenames 2>/dev/null
      nospace=''
      while IFS= read -r value; do
        COMPREPLY[${#COMPREPLY[@]}]=$head$value
      done < <(compgen -$flag -- "$bare")
      ;;
  esac
}

_tau() {
  local IFS=$' \t\n' path=tau option='' before='' ended='' nospace=yes head='' n=0 i count word commands options spec typed bare
  local -a words
  COMPREPLY=()
  __tau_words
  for ((i = 1; i < count - 1; i++)); do
    word=${words[i]}
    if [[ -n $option && $word != -* ]]; then
      option='' before=$word
      continue
    fi
    option=''
    case $word in
      --) ended=yes ;;
      --*=*) ;;
      -*)
        __tau_spec "$path $word"
        [[ -z $ended && -n $spec ]] && option=$word
        ;;
      *)
        __tau_names "$path"
        if [[ -z $ended && $n == 0 && " $commands " == *" $word "* ]]; then
          path="$path $word"
        else
          n=$((n + 1)) before=$word
        fi
        ;;
    esac
  done
  typed=${words[count - 1]}
  case $typed in
    [\"\']*) bare=${typed#?} ;;
    *) bare=${typed//\\/} ;;
  esac
  if [[ -n $option && $typed != -* ]]; then
    __tau_spec "$path $option"
    __tau_values "$spec" "$before"
  elif [[ -z $ended && $typed == --*=* ]]; then
    __tau_spec "$path ${typed%%=*}"
    [[ $COMP_WORDBREAKS == *=* ]] || head=${typed%%=*}=
    bare=${bare#*=} typed=${typed#*=}
    __tau_values "$spec" "$before"
  elif [[ -z $ended && $typed == -* ]]; then
    __tau_names "$path"
    __tau_values "=$options"
  else
    if [[ -z $ended && $n == 0 ]]; then
      __tau_names "$path"
      __tau_values "=$commands"
    fi
    __tau_spec "$path $((n + 1))"
    [[ -n $spec ]] || __tau_spec "$path *"
    __tau_values "$spec" "$before"
  fi
  [[ -n $nospace && ${#COMPREPLY[@]} -gt 0 ]] && compopt -o nospace 2>/dev/null
  return 0
}

complete -o nosort -F _tau tau 2>/dev/null || complete -F _tau tau
