/** The commands of the table as the page of the documentation that lists them. */
import { commands } from "./commands.ts";
import type { SuggestedCommand } from "./compose/suggestions.ts";

/** docs/slash-commands.md. */
export const commandsDocument = (): string => `${head}
| command | does |
|---|---|
${commands.map(row).join("\n")}

Those with ⏸ wait until no turn runs.
`;

function row(command: SuggestedCommand & { whileWorking: boolean }): string {
  const { name, aliases, argument, help, details, page, whileWorking } = command;
  const usage = [`/${name}${argument && ` ${argument}`}`, ...aliases.map((alias) => `/${alias}`)]
    .map((one) => `\`${one.replaceAll("|", "\\|")}\``)
    .join(", ");
  const words = [`${help}.`, ...(details ? [details] : [])].join(" ").replaceAll("|", "\\|");
  const more = page ? ` [More](${page}).` : "";
  return `| ${usage}${whileWorking ? "" : " ⏸"} | ${words}${more} |`;
}

const head = `# Slash commands

Generated from the table of commands (\`npm run schemas\`), from which \`/help\`, the suggestions below the composer and the palette
(Ctrl+K) come, too. [Commands from Markdown files](commands.md) stand beside them there. What may follow a name is suggested as it is
typed: Tab takes a row, and so does Enter where nothing else could be meant.
`;
