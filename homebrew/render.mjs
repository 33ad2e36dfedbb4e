// Prints the formula of a release: `node homebrew/render.mjs TARBALL URL > tau.rb`, where TARBALL is what `npm pack` made and
// URL is where everybody will get the same bytes. The checksum is the tarball's, so the two cannot drift apart.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [tarball, url] = process.argv.slice(2);
if (tarball === undefined || url === undefined || !URL.canParse(url)) {
  process.stderr.write("usage: node homebrew/render.mjs TARBALL URL\n");
  process.exit(2);
}
const sha256 = createHash("sha256").update(readFileSync(tarball)).digest("hex");
const values = { url, sha256, homepage: new URL(".", url).href };
const template = readFileSync(join(import.meta.dirname, "tau.rb.template"), "utf8");
process.stdout.write(template.replaceAll(/\{\{(\w+)\}\}/g, (_, name) => values[name]));
