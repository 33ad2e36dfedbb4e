// Every check in one go: types, lint, floors, build, unit tests and laws, then the built binary end to end. Ends with one
// plain line of counts, in which each of the four checks before the tests counts as one.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const scratch = mkdtempSync(join(tmpdir(), "tau-test-"));
const total = { passed: 0, failed: 0, skipped: 0 };

/** Runs an npm script; its output goes straight through. */
function run(script, extra = []) {
  process.stdout.write(`\n# ${script}\n`);
  const startedAt = Date.now();
  const { status } = spawnSync(
    "npm",
    ["run", "--silent", script, ...(extra.length > 0 ? ["--", ...extra] : [])],
    { stdio: "inherit" },
  );
  process.stdout.write(
    `# ${script}: ${status === 0 ? "ok" : `failed (${status})`}, ${Math.round((Date.now() - startedAt) / 1000)} s\n`,
  );
  return status === 0;
}

function check(script) {
  const ok = run(script);
  total[ok ? "passed" : "failed"] += 1;
  return ok;
}

/** Runs a vitest suite and adds up its counts; a suite that dies without a report is one failure. */
function suite(script) {
  const report = join(scratch, `${script.replace(":", "-")}.json`);
  const ok = run(script, ["--reporter=dot", "--reporter=json", `--outputFile=${report}`]);
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites } = JSON.parse(
      readFileSync(report, "utf8"),
    );
    total.passed += numPassedTests;
    total.skipped += numPendingTests + numTodoTests;
    // A file that cannot be loaded has no tests to fail, and an error between tests fails the run alone.
    total.failed += numFailedTests || (ok ? 0 : Math.max(1, numFailedTestSuites));
  } catch {
    total.failed += 1;
  }
}

for (const script of ["typecheck", "lint", "floors"]) check(script);
const built = check("build");
suite("test:unit");
if (built) suite("test:e2e");
rmSync(scratch, { recursive: true, force: true });
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exit(total.failed === 0 ? 0 : 1);
