/** The completion script for fish, 3.1 and later. */
import { isDynamic } from "./sources.ts";
import { allCommands, type CommandNode, namesOf, type OptionNode, type Value } from "./tree.ts";

/** Inside single quotes fish knows two escapes. */
const quoted = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;

function candidates({ choices, source }: Value): string {
  if (choices.length > 0) return ` -a ${quoted(choices.join(" "))}`;
  if (source === "files") return " -F";
  if (source === "folders") return " -a '(__fish_complete_directories (commandline -ct))'";
  return isDynamic(source) ? ` -a '(__tau_ask ${source})'` : "";
}

const at = (path: string, word = ""): string =>
  `complete -c tau -n ${quoted(`__tau_at ${quoted(path)}${word}`)}`;

function optionLine(path: string, { short, long, description, value }: OptionNode): string {
  const names = [short && ` -s ${short.slice(1)}`, long && ` -l ${long.slice(2)}`].filter(Boolean).join("");
  const takes = value === null ? "" : value.source === "files" ? " -r" : " -x";
  return `${at(path)}${names}${takes}${value === null ? "" : candidates(value)} -d ${quoted(description)}`;
}

function linesOf({ path, commands, options, values }: CommandNode): string[] {
  return [
    ...commands.map((inner) => `${at(path, " 0")} -a ${inner.name} -d ${quoted(inner.description)}`),
    ...values.flatMap((value, index) => {
      const offered = candidates(value);
      return offered === "" ? [] : [`${at(path, value.variadic ? " more" : ` ${index}`)}${offered}`];
    }),
    ...options.map((option) => optionLine(path, option)),
  ];
}

/** Writes it. */
export function fishScript(tree: CommandNode): string {
  const all = allCommands(tree);
  const paths = all.slice(1).map(({ path }) => quoted(path));
  const takers = all.flatMap(({ path, options }) =>
    options.flatMap((option) =>
      option.value ? namesOf(option).map((name) => quoted(`${path} ${name}`)) : [],
    ),
  );
  return `# Completions of tau for fish, made from its command tree. Load them with: tau completion fish | source

# Candidates that only Tau knows, one a line with what they are after a tab.
function __tau_ask
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    # Of --model=anth only what stands after the sign is asked about.
    string match -q -- '--*=*' $typed; and set typed (string replace -r -- '^--[^=]*=' '' $typed)
    command tau __complete $argv[1] (string unescape -- $typed; or echo $typed) $words[-1] 2>/dev/null
end

# Sets the command that is being written, and how many words of its own it has so far.
function __tau_look
    set -g __tau_path tau
    set -g __tau_count 0
    set -l waits 0
    set -l words (commandline -opc)
    for word in $words[2..-1]
        if test $waits = 1
            set waits 0
            string match -q -- '-*' $word; or continue
        end
        switch $word
            case '--*=*'
            case '-*'
                contains -- "$__tau_path $word" $__tau_takers; and set waits 1
            case '*'
                if test $__tau_count = 0; and contains -- "$__tau_path $word" $__tau_paths
                    set __tau_path "$__tau_path $word"
                else
                    set __tau_count (math $__tau_count + 1)
                end
        end
    end
end

# Whether that is the command, and, where it is asked, the word with this number of it.
function __tau_at
    __tau_look
    test "$__tau_path" = $argv[1]; or return 1
    switch "$argv[2]"
        case '' more
            return 0
        case '*'
            test $__tau_count = $argv[2]
    end
end

set -g __tau_paths ${paths.join(" ")}
set -g __tau_takers ${takers.join(" ")}

complete -c tau -e
complete -c tau -f
${all.flatMap(linesOf).join("\n")}
`;
}
