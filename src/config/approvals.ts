/**
 * Rules a person answered "always in this project" with: `projects.json` beside the user's settings, by project folder.
 * They stand there and not in the project, because a project's files come from whoever made the project: see
 * docs/decisions/0006-project-approvals.md.
 */
import { join } from "node:path";
import { TauError } from "../core/errors.ts";
import type { Clock } from "../core/ids.ts";
import type { Approvals } from "./approvals-schema.ts";
import { withItem, withoutItem } from "./list-edits.ts";
import type { TauPaths } from "./paths.ts";
import { readText } from "./read-text.ts";
import { realFile, rewriteFile } from "./rewrite-file.ts";

/** The file, and the rules in it for one project. */
export type ProjectApprovals = { path: string; allow: string[] };

/**
 * The rules for a project; null when there are none.
 * @throws TauError `config` when the file cannot be read or is none of ours.
 */
export async function readApprovals(paths: TauPaths, projectRoot: string): Promise<ProjectApprovals | null> {
  const path = approvalsFile(paths);
  const text = readText(path);
  if (text === null) return null;
  const allow = (await parse(text, path))[keyOf(projectRoot)]?.allow ?? [];
  return allow.length > 0 ? { path, allow } : null;
}

/**
 * Adds a rule for a project. Comments, order and the file's mode stay; readers see the old file or the new one; two
 * processes at once each add theirs.
 * @returns the file it stands in
 * @throws TauError `config` when the file cannot be written or is none of ours.
 */
export function saveApproval(
  paths: TauPaths,
  projectRoot: string,
  rule: string,
  now: Clock,
): Promise<string> {
  return change(paths, projectRoot, now, (text, key) => withItem(text, [key, "allow"], rule));
}

/**
 * Takes a rule of a project away; the rest of the file stays as it is, as in {@link saveApproval}.
 * @returns the file it stood in
 * @throws TauError `config` when the file cannot be written or is none of ours.
 */
export function removeApproval(
  paths: TauPaths,
  projectRoot: string,
  rule: string,
  now: Clock,
): Promise<string> {
  return change(paths, projectRoot, now, (text, key) => withoutItem(text, [key, "allow"], rule));
}

/**
 * The MCP servers of a project that may be started: fingerprints of their entries, by name.
 * @throws TauError `config` when the file cannot be read or is none of ours.
 */
export async function readAllowedServers(
  paths: TauPaths,
  projectRoot: string,
): Promise<{ readonly [name: string]: string }> {
  const path = approvalsFile(paths);
  const text = readText(path);
  return text === null ? {} : ((await parse(text, path))[keyOf(projectRoot)]?.mcpServers ?? {});
}

/**
 * Lets a project's MCP server be started as its entry stands now, or, with null, no more.
 * @returns the file it stands in
 * @throws TauError `config` when the file cannot be written or is none of ours.
 */
export function saveAllowedServer(
  paths: TauPaths,
  projectRoot: string,
  server: { name: string; fingerprint: string | null },
  now: Clock,
): Promise<string> {
  return change(paths, projectRoot, now, (text, key) =>
    withValue(text, [key, "mcpServers", server.name], server.fingerprint ?? undefined),
  );
}

/** Writes what `edit` makes of the file; null leaves it as it is. */
async function change(
  paths: TauPaths,
  projectRoot: string,
  now: Clock,
  edit: (text: string, key: string) => Promise<string | null>,
): Promise<string> {
  const path = approvalsFile(paths);
  const key = keyOf(projectRoot);
  await rewriteFile(path, now, async (text) => {
    await parse(text ?? "{}", path);
    return edit(text ?? "{}\n", key);
  });
  return path;
}

async function withValue(text: string, path: string[], value: string | undefined): Promise<string> {
  const jsonc = await import("jsonc-parser");
  const formattingOptions = { insertSpaces: true, tabSize: 2, eol: text.includes("\r\n") ? "\r\n" : "\n" };
  return jsonc.applyEdits(text, jsonc.modify(text, path, value, { formattingOptions }));
}

/** The file of them. */
export const approvalsFile = (paths: TauPaths): string => join(paths.config, "projects.json");

/** Two ways to one folder are one project. */
function keyOf(projectRoot: string): string {
  return realFile(projectRoot);
}

async function parse(
  text: string,
  path: string,
): Promise<{ readonly [root: string]: Approvals | undefined }> {
  const jsonc = await import("jsonc-parser");
  const { approvalsProblem, approvalsSchema } = await import("./approvals-schema.ts");
  const problems: { error: number; offset: number; length: number }[] = [];
  const value: unknown = jsonc.parse(text, problems, { allowTrailingComma: true });
  const result = approvalsSchema.safeParse(value);
  if (problems.length === 0 && result.success) return result.data;
  const what = result.success ? "it is no JSON" : approvalsProblem(result.error);
  throw new TauError(
    "config",
    `${path} is not a list of rules by project folder: ${what}`,
    "correct or remove it",
  );
}
