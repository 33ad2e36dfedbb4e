/** Themes of people's own: files of `themes/` beside the settings. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { systemCode } from "../core/errors.ts";
import type { Theme } from "../tui/theme/theme.ts";

/**
 * Reads all of them, by name.
 * @param config the folder of the settings
 * @throws TauError `config` naming the file and the place in it that is wrong
 */
export async function readThemes(config: string): Promise<Theme[]> {
  const folder = join(config, "themes");
  const names = jsonFiles(folder);
  if (names.length === 0) return [];
  const { parseTheme } = await import("../tui/theme/theme-file.ts");
  return names.map((name) => {
    const path = join(folder, name);
    return parseTheme(readFileSync(path, "utf8"), basename(name, extname(name)).toLowerCase(), path);
  });
}

function jsonFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /\.jsonc?$/.test(name))
      .toSorted();
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return [];
    throw error;
  }
}
