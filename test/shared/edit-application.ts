/** Where the recorded edits lie, and every departure from what they recorded, with its reason. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const shared = process.env.TAU_SHARED ?? resolve(import.meta.dirname, "../../../shared");
/** The folder of recorded edits. */
export const folder = join(shared, "fixtures/edit-application");
/** Whether it is there. */
export const present = existsSync(folder);

/** The text of a fixture. */
export const fixture = (path: string) => readFileSync(join(folder, path), "utf8");

/** Each line of a JSONL fixture. */
export function jsonl<Line>(path: string): Line[] {
  return fixture(path)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
}

/** Cases whose recorded outcome is not Tau's, and what Tau does instead. The tests prove the `instead`. */
export const departures: { [fixture: string]: { why: string; instead: string } } = {
  "codex-apply-patch/011_add_overwrites_existing_file": {
    why: "codex overwrites silently; an Add over an existing file is refused so that no work is lost",
    instead: "duplicate.txt already exists",
  },
  "codex-apply-patch/015_failure_after_partial_success_leaves_changes": {
    why: "codex leaves the first file written when the second fails; Tau writes all or nothing",
    instead: "no file or folder missing.txt",
  },
  "aider test_editblock.py::test_replace_multiple_matches": {
    why: "aider changes the first of several places; an ambiguous edit changes nothing in Tau",
    instead: "stands in 2 places: lines 1, 3",
  },
  "aider test_editblock.py::test_replace_part_with_missing_leading_whitespace_including_blank_line": {
    why: "the old text begins with a blank line the file does not have; Tau shows the nearest lines instead of guessing",
    instead: "The text was not found",
  },
  "roo fuzzy matching > should match content with small differences (>90% similar)": {
    why: "Roo accepts other words at 90 % likeness; Tau forgives blanks and typography, never words",
    instead: "const results = fetchData();",
  },
  "roo apply-patch apply > applyChunksToContent > should preserve trailing newline in result": {
    why: "the source adds a final line break the file did not have; Tau keeps it missing",
    instead: "foo\nbaz",
  },
  "roo seek-sequence > seekSequence > should return null when start is past possible match": {
    why: "the source gives up past its position; chunks out of order are tried from the top when unique",
    instead: "0",
  },
};

/** Cases that speak of something Tau does not have, with the reason. They are counted, so that none is dropped unseen. */
export const noCounterpart: { pattern: RegExp; count: number; why: string }[] = [
  {
    pattern: /^aider .*(find_original_update_blocks|filename_mangling)/,
    count: 5,
    why: "finds SEARCH/REPLACE blocks in chat text; Tau's models call tools with typed arguments",
  },
  {
    pattern: /^aider .*strip_quoted_wrapping/,
    count: 2,
    why: "takes a reply out of its code fence; tools have no fences",
  },
  { pattern: /^aider .*find_(multi_)?diffs/, count: 2, why: "finds unified diffs in chat text" },
  {
    pattern: /^roo .*validateMarkerSequencing > (validates|detects)|line marker validation/,
    count: 12,
    why: "checks the markers of SEARCH/REPLACE text, which Tau's edit does not have",
  },
  {
    pattern: /^roo .*(line number|trailing newlines)/,
    count: 4,
    why: "strips the line numbers that Roo's read shows; Tau's read shows none",
  },
  {
    pattern: /^roo .*mixed indentation styles/,
    count: 1,
    why: "expects lines the model did not mean to change to lose the file's indentation; Tau keeps those lines' bytes",
  },
  {
    pattern: /^chat without blocks/,
    count: 21,
    why: "turns in which aider's parser found no block: shell commands only, or a malformed block and aider's own error text about the chat format",
  },
  {
    pattern: /^vscode-replace-string\/math-original/,
    count: 1,
    why: "a file recorded without the calls that were made on it",
  },
];
