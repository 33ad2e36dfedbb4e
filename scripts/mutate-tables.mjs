// Shows that the tables of cases (test/**/every-*.test.ts) are worth something: runs each case against its own entry doing
// nothing, and names the cases that pass all the same. `node scripts/mutate-tables.mjs [FILE ...]`; 1 when there are some.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

const root = join(import.meta.dirname, "..");
const files = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "tau-tables-"));
const report = join(folder, "report.json");
try {
  // What its entry's doing nothing leaves waiting is not waited for long.
  const which = files.length > 0 ? files : ["every-"];
  const how = ["--testTimeout", "12000", "--reporter", "json", "--outputFile", report];
  spawnSync("npx", ["vitest", "run", ...which, ...how], {
    cwd: root,
    env: { ...process.env, MUTATE_TABLES: "1" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const { testResults } = JSON.parse(readFileSync(report, "utf8"));
  let survivors = 0;
  for (const { name, assertionResults } of testResults) {
    // What looks at a table as a whole is no case of an entry.
    const cases = assertionResults.filter(
      ({ ancestorTitles }) => !/^the (own keys of|documentation|tables?)\b/.test(ancestorTitles[0]),
    );
    const alive = cases.filter(
      ({ status, title }) => status === "passed" && !/^(has a case|is in )/.test(title),
    );
    survivors += alive.length;
    console.log(
      `${relative(root, name)}: ${cases.length} cases, ${alive.length} pass though their entry does nothing`,
    );
    for (const { fullName } of alive) console.log(`  ${fullName}`);
  }
  process.exitCode = survivors > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true });
}
