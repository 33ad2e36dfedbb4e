/** The completion script for zsh: one `_arguments` call a command. */
import { isDynamic } from "./sources.ts";
import { allCommands, type CommandNode, namesOf, type OptionNode, type Value } from "./tree.ts";

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** In a specification of `_arguments` a colon ends a part, and brackets hold the explanation. */
const plain = (text: string): string => text.replace(/[\\:[\]]/g, "\\$&");

const functionOf = (path: string): string => `_${path.replaceAll(/[ -]/g, "_")}`;

function actionOf({ choices, source }: Value): string {
  if (choices.length > 0) return `(${choices.join(" ")})`;
  if (source === "files") return "_files";
  if (source === "folders") return "_files -/";
  return isDynamic(source) ? `{__tau_ask ${source}}` : " ";
}

function optionSpecs(option: OptionNode): string[] {
  const names = namesOf(option);
  const exclusive = option.repeatable ? "*" : `(${names.join(" ")})`;
  return names.map((name) => {
    const { value } = option;
    const joined = value === null ? "" : name.startsWith("--") ? "=" : "+";
    const action =
      value === null ? "" : `${value.optional ? "::" : ":"}${plain(value.name)}:${actionOf(value)}`;
    return quoted(`${exclusive}${name}${joined}[${plain(option.description)}]${action}`);
  });
}

function argumentSpecs({ values, commands, path }: CommandNode): string[] {
  if (commands.length > 0) return [`'1: :${functionOf(path)}_commands'`, `'*:: :->rest'`];
  return values.map((value, at) =>
    quoted(`${value.variadic ? "*" : at + 1}:${plain(value.name)}:${actionOf(value)}`),
  );
}

function functionsOf(node: CommandNode): string {
  const specs = [...node.options.flatMap(optionSpecs), ...argumentSpecs(node)];
  const name = functionOf(node.path);
  const call = `_arguments -s -S -C ${specs.map((spec) => `\\\n    ${spec}`).join(" ")}`;
  if (node.commands.length === 0) return `${name}() {\n  ${call}\n}\n`;
  const files = node.values.some(({ source }) => source === "files");
  return `${name}() {
  local curcontext=$curcontext state line ret=1
  typeset -A opt_args
  ${call} && ret=0
  [[ $state == rest ]] || return ret
  case $words[1] in
${node.commands.map((inner) => `    ${inner.name}) ${functionOf(inner.path)} && ret=0 ;;`).join("\n")}
${files ? "    *) _files && ret=0 ;;\n" : ""}  esac
  return ret
}

${name}_commands() {
  local -a commands=(
${node.commands.map((inner) => `    ${quoted(`${inner.name}:${inner.description.replaceAll(":", "\\:")}`)}`).join("\n")}
  )
  _describe -t commands command commands
}
`;
}

/** Writes it. */
export function zshScript(tree: CommandNode): string {
  return `#compdef tau
# Completions of tau for zsh, made from its command tree. Put them into a folder of $fpath as _tau, or load them with:
# source <(tau completion zsh)

# Candidates that only Tau knows, one a line with what they are after a tab.
__tau_ask() {
  local line value
  local -a open shut shown_open shown_shut
  for line in \${(f)"$(command tau __complete $1 "\${(Q)PREFIX}" "\${(Q)words[CURRENT-1]}" 2>/dev/null)"}; do
    value=\${line%%$'\\t'*}
    [[ $line == *$'\\t'* ]] && line="$value  -- \${line#*$'\\t'}"
    if [[ $value == */ ]]; then
      open+=("$value") shown_open+=("$line")
    else
      shut+=("$value") shown_shut+=("$line")
    fi
  done
  local ret=1
  # What ends in a slash goes on, so no space follows.
  (( $#open )) && compadd -S '' -V tau -l -d shown_open -a open && ret=0
  (( $#shut )) && compadd -V tau -l -d shown_shut -a shut && ret=0
  return ret
}

${allCommands(tree).map(functionsOf).join("\n")}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _tau "$@"
else
  compdef _tau tau
fi
`;
}
