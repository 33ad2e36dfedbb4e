/** The completion script for bash, 3.2 (what macOS has) and later. */
import { allCommands, type CommandNode, namesOf, type Value } from "./tree.ts";

/** Single quotes end at nothing but a single quote. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** What may stand there, in one word: `=a b` these, `@models` ask Tau, `/f` files, `/d` folders, `-` anything. */
function specOf({ choices, source }: Value): string {
  if (choices.length > 0) return `=${choices.join(" ")}`;
  if (source === "files") return "/f";
  if (source === "folders") return "/d";
  return source === null ? "-" : `@${source}`;
}

/** Writes it. */
export function bashScript(tree: CommandNode): string {
  const commands = allCommands(tree);
  const names = commands.map(
    ({ path, commands: inner, options }) =>
      `    ${quoted(path)}) commands=${quoted(inner.map(({ name }) => name).join(" "))} options=${quoted(options.flatMap(namesOf).join(" "))} ;;`,
  );
  const specs = new Map<string, string[]>();
  const place = (value: Value, where: string): void => {
    specs.set(specOf(value), [...(specs.get(specOf(value)) ?? []), quoted(where)]);
  };
  for (const { path, options, values } of commands) {
    for (const option of options)
      if (option.value) for (const name of namesOf(option)) place(option.value, `${path} ${name}`);
    values.forEach((value, at) => {
      place(value, `${path} ${value.variadic ? "*" : at + 1}`);
    });
  }
  const cases = [...specs].map(([spec, places]) => `    ${places.join("|")}) spec=${quoted(spec)} ;;`);
  return `# Completions of tau for bash, made from its command tree. Load them with: source <(tau completion bash)

__tau_names() {
  commands='' options=''
  case $1 in
${names.join("\n")}
  esac
}

__tau_spec() {
  spec=''
  case $1 in
${cases.join("\n")}
  esac
}
${engine}`;
}

/**
 * bash cuts words at : and =, too, and replaces only the last piece; so the words are put together again first, and the
 * pieces before the last are taken off what is offered.
 */
const engine = String.raw`
# The words up to the cursor, as they were typed.
__tau_words() {
  local line=\${COMP_LINE:0:COMP_POINT} i piece rest
  words=() count=0
  for ((i = 0; i <= COMP_CWORD; i++)); do
    piece=\${COMP_WORDS[i]}
    rest=\${line#"\${line%%[![:space:]]*}"}
    ((i == COMP_CWORD)) && piece=$rest
    if ((count > 0)) && [[ $rest == "$line" && -n $rest ]]; then
      words[count - 1]=\${words[count - 1]}$piece
    else
      words[count]=$piece
      count=$((count + 1))
    fi
    line=\${rest#"$piece"}
  done
}

# Offers one candidate, if it goes on with what was typed.
__tau_offer() {
  local value=$1 about=$2
  [[ $value == "$bare"* ]] || return 0
  if [[ $COMP_TYPE == 63 && -n $about ]]; then
    COMPREPLY[\${#COMPREPLY[@]}]="$value  ($about)"
    return 0
  fi
  case $typed in
    [\"\']*) ;;
    *)
      printf -v value '%q' "$value"
      [[ $COMP_WORDBREAKS == *:* && $bare == *:* ]] && value=\${value#"\${bare%"\${bare##*:}"}"}
      ;;
  esac
  [[ $value == */ ]] || nospace=''
  COMPREPLY[\${#COMPREPLY[@]}]=$head$value
}

# Offers what a spec says: =words, @what Tau knows, /f files, /d folders.
__tau_values() {
  local value about flag=f
  case $1 in
    =*) for value in \${1#=}; do __tau_offer "$value"; done ;;
    @*)
      while IFS=$'\t' read -r value about; do
        [[ -n $value ]] && __tau_offer "$value" "$about"
      done < <(command tau __complete "\${1#@}" "$bare" "$2" 2>/dev/null)
      ;;
    /*)
      [[ $1 == /d ]] && flag=d
      compopt -o filenames 2>/dev/null
      nospace=''
      while IFS= read -r value; do
        COMPREPLY[\${#COMPREPLY[@]}]=$head$value
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
    word=\${words[i]}
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
  typed=\${words[count - 1]}
  case $typed in
    [\"\']*) bare=\${typed#?} ;;
    *) bare=\${typed//\\/} ;;
  esac
  if [[ -n $option && $typed != -* ]]; then
    __tau_spec "$path $option"
    __tau_values "$spec" "$before"
  elif [[ -z $ended && $typed == --*=* ]]; then
    __tau_spec "$path \${typed%%=*}"
    [[ $COMP_WORDBREAKS == *=* ]] || head=\${typed%%=*}=
    bare=\${bare#*=} typed=\${typed#*=}
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
  [[ -n $nospace && \${#COMPREPLY[@]} -gt 0 ]] && compopt -o nospace 2>/dev/null
  return 0
}

complete -o nosort -F _tau tau 2>/dev/null || complete -F _tau tau
`.replaceAll("\\${", "${");
