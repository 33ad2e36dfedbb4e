/** The completion scripts, by shell. */
import type { Command } from "commander";
import { bashScript } from "./bash.ts";
import { fishScript } from "./fish.ts";
import { powershellScript } from "./powershell.ts";
import type { Shell } from "./shells.ts";
import { type CommandNode, commandTree } from "./tree.ts";
import { zshScript } from "./zsh.ts";

const writers: { [Name in Shell]: (tree: CommandNode) => string } = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  powershell: powershellScript,
};

/** The script of a shell for a command tree. */
export const completionScript = (shell: Shell, tau: Command): string => writers[shell](commandTree(tau));
