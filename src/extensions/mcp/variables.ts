/** Variables in an entry. */
import type { Environment } from "../../config/paths.ts";

/** `${NAME}` and `${NAME:-default}`. Source: Claude Code's documentation, "Environment variable expansion in .mcp.json". */
const pattern = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/** The text with its variables filled in. @param missing what stands for one that is not set and has no default */
export function filledIn(text: string, env: Environment, missing: (name: string) => string): string {
  return text.replace(pattern, (_, name: string, otherwise: string | undefined) => {
    const value = env[name];
    if (value !== undefined && (value !== "" || otherwise === undefined)) return value;
    return otherwise ?? missing(name);
  });
}
