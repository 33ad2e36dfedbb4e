/** The commands a plan lists, as it writes them. */

/** Commands of a plan at most; nobody reads more of them before a yes. */
const mostCommands = 40;

const fence =
  /^[ \t]*(`{3,}|~{3,})[ \t]*(sh|bash|shell|zsh|console|shell-session)\b[^\n]*\n([\s\S]*?)^[ \t]*\1/gim;
const named = /\brun(?:s|ning)?:?[ \t]+`([^`\n]+)`/gi;

/**
 * Every line of its blocks of shell code, and what it says it runs ("run `npm test`"), each once, in order. What goes over
 * several lines (a here-document, a loop) is no one command, and is left to be asked about.
 */
export function commandsIn(plan: string): string[] {
  const found = [
    ...[...plan.matchAll(fence)].map((match) => ({ at: match.index, commands: linesOf(match[3] ?? "") })),
    ...[...plan.matchAll(named)].map((match) => ({ at: match.index, commands: [match[1]?.trim() ?? ""] })),
  ];
  const all = found.toSorted((a, b) => a.at - b.at).flatMap(({ commands }) => commands);
  return [...new Set(all.filter(Boolean))].slice(0, mostCommands);
}

function linesOf(block: string): string[] {
  const lines = block
    .replace(/\\\n[ \t]*/g, "")
    .split("\n")
    .map((line) => line.trim());
  // What was printed stands between the commands of a console; those begin with its mark.
  const marked = lines.filter((line) => line.startsWith("$ "));
  const commands = (marked.length > 0 ? marked : lines).map((line) => line.replace(/^\$ /, "").trim());
  const several = commands.some((line) => /<<|^(?:for|while|until|if|case)\b|[{(|&]$/.test(line));
  return several ? [] : commands.filter((line) => line !== "" && !line.startsWith("#"));
}
