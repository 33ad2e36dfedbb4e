/** A tree of files as text: kinds, modes and bytes of everything but git's own. */
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

/** All of it, in order. */
export function treeOf(folder: string | Buffer): string {
  const lines: string[] = [];
  const walk = (path: Buffer, shown: string): void => {
    for (const name of readdirSync(path, { encoding: "buffer" }).sort(Buffer.compare)) {
      if (name.toString() === ".git") continue;
      const each = Buffer.concat([path, Buffer.from("/"), name]);
      const at = lstatSync(each);
      const mode = (at.mode & 0o7777).toString(8);
      const label = `${shown}/${name.toString("latin1")}`;
      if (at.isSymbolicLink()) lines.push(`${label} -> ${readlinkSync(each, "latin1")}`);
      else if (at.isDirectory()) {
        lines.push(`${label}/ ${mode}`);
        walk(each, label);
      } else lines.push(`${label} ${mode} ${readFileSync(each, "base64")}`);
    }
  };
  walk(Buffer.from(folder), "");
  return lines.join("\n");
}
