/** Reads what `node --test` printed, in either of its default formats (TAP before Node 23 without a terminal, spec else). */

/** What a run of the tests said. */
export type TestReport = {
  passed: number;
  failed: number;
  /** The first failure; null when all passed. */
  failure: { test: string; file: string | null; expected: string | null; actual: string | null } | null;
};

/** Parses the output; null when it is no report of a test run. */
export function parseTestReport(output: string): TestReport | null {
  const failed = count(output, "fail");
  const passed = count(output, "pass");
  if (failed === null || passed === null) return null;
  if (failed === 0) return { passed, failed, failure: null };
  const test = match(output, /^\s*not ok \d+ - (.+)$/m) ?? match(output, /^\s*✖ (.+?) \([\d.]+ms\)$/m);
  return {
    passed,
    failed,
    failure: {
      test: test ?? "a test",
      file:
        match(output, /location: '([^'\n]+?):\d+:\d+'/) ??
        match(output, /^test at (\S+?):\d+:\d+$/m) ??
        match(output, /(?:file:\/\/)?([\w./-]+\.test\.[cm]?[jt]s)/),
      expected: match(output, /^\s*expected: (.+?),?$/m),
      actual: match(output, /^\s*actual: (.+?),?$/m),
    },
  };
}

function count(output: string, word: "pass" | "fail"): number | null {
  const text = match(output, new RegExp(`^(?:#|ℹ) ${word} (\\d+)$`, "m"));
  return text === null ? null : Number(text);
}

function match(text: string, pattern: RegExp): string | null {
  return pattern.exec(text)?.[1] ?? null;
}
