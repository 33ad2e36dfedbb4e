/** The scratch project of the demo: small, real, and with a test that fails for a reason. */
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { systemCode } from "../../core/errors.ts";

const files: Readonly<Record<string, string>> = {
  "package.json": `${JSON.stringify({ name: "corner-shop", private: true, type: "module", scripts: { test: "node --test" } }, null, 2)}\n`,
  "README.md": "# corner-shop\n\nThe till of a small shop. `npm test` runs the tests.\n",
  "src/cart.js": `/** A cart is a list of lines: { name, price, quantity }, prices in cents. */

/** What all lines cost together, in cents. */
export function subtotal(lines) {
  let sum = 0;
  for (let i = 0; i < lines.length - 1; i++) {
    sum += lines[i].price * lines[i].quantity;
  }
  return sum;
}

/** What is left to pay after a discount in percent, in whole cents. */
export function total(lines, discount = 0) {
  return Math.round(subtotal(lines) * (1 - discount / 100));
}
`,
  "test/cart.test.js": `import assert from "node:assert/strict";
import { test } from "node:test";
import { subtotal, total } from "../src/cart.js";

const bread = { name: "bread", price: 320, quantity: 1 };
const apples = { name: "apples", price: 45, quantity: 6 };

test("an empty cart costs nothing", () => {
  assert.equal(subtotal([]), 0);
});

test("every line counts", () => {
  assert.equal(subtotal([bread, apples]), 590);
});

test("a discount is taken off the whole cart", () => {
  assert.equal(total([bread, apples], 10), 531);
});
`,
};

/**
 * Writes the project into a folder, which is made if need be, and commits it where git is there.
 * @throws when the folder cannot be written
 */
export async function createDemoRepository(folder: string): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  const author = [
    "-c",
    "user.name=Tau demo",
    "-c",
    "user.email=demo@localhost",
    "-c",
    "commit.gpgsign=false",
  ];
  const git = (...args: string[]) => promisify(execFile)("git", [...author, ...args], { cwd: folder });
  try {
    await git("init", "--quiet");
    await git("add", "--all");
    await git("commit", "--quiet", "--no-verify", "--message", "A shop whose till forgets the last line");
  } catch (error) {
    // The demo works without git; only the diff at its end is missing.
    if (systemCode(error) !== "ENOENT") throw error;
  }
}
