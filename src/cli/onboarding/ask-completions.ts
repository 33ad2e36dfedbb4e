/** Completions of the person's shell, put where it loads them by itself, after a yes. */
import { existsSync, mkdirSync } from "node:fs";
import { basename, dirname, isAbsolute, join } from "node:path";
import type { Environment } from "../../config/paths.ts";
import { rewriteFile } from "../../config/rewrite-file.ts";
import { messageOf } from "../../core/errors.ts";
import { completionScript } from "../completion/script.ts";
import type { Answer, Asking } from "./wizard.ts";

/** The file a shell loads by itself, of shells that have a folder of the user's for it; null for others. */
export function completionFile(
  env: Environment,
  home: string,
): { shell: "bash" | "fish"; path: string } | null {
  const folder = (variable: string, otherwise: string): string => {
    const value = env[variable];
    return value && isAbsolute(value) ? value : join(home, otherwise);
  };
  switch (basename(env.SHELL ?? "")) {
    case "bash":
      return {
        shell: "bash",
        path: join(folder("XDG_DATA_HOME", ".local/share"), "bash-completion/completions/tau"),
      };
    case "fish":
      return { shell: "fish", path: join(folder("XDG_CONFIG_HOME", ".config"), "fish/completions/tau.fish") };
    default:
      return null;
  }
}

/** Offers them; the others are told of `tau completion`. */
export async function askCompletions({ asker, home, tau }: Asking): Promise<Answer> {
  const file = completionFile(process.env, home);
  if (file === null) {
    asker.tell("Completions of commands and models for your shell: tau completion --help");
    return {};
  }
  const { shell, path } = file;
  const verb = existsSync(path) ? "Replace" : "Write";
  if (!(await asker.confirm({ message: `${verb} completions for ${shell} (${path})?`, default: true })))
    return {};
  try {
    mkdirSync(dirname(path), { recursive: true });
    await rewriteFile(path, Date.now, () => completionScript(shell, tau));
    asker.tell(`${shell} completes tau from its next start on.`);
  } catch (error) {
    asker.tell(`${messageOf(error)}; tau completion ${shell} prints them.`);
  }
  return {};
}
