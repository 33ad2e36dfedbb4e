/** Path patterns of rules: gitignore's, with anchors for the file system, the home and the project. */
import { posix } from "node:path";

/** Where a call is judged; absolute paths. */
export type Place = { cwd: string; projectRoot: string; home: string };

/** Whether `path` is `folder` or lies in it; both absolute. */
export function isInside(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

/** Whether a path belongs to what the user opened Tau on. */
export function isInProject(path: string, place: Place): boolean {
  return isInside(place.projectRoot, path) || isInside(place.cwd, path);
}

function globSource(pattern: string): string {
  let source = "";
  for (let at = 0; at < pattern.length; ) {
    const rest = pattern.slice(at);
    const set = /^\[(!|\^)?([^\]/]+)\]/.exec(rest);
    if (rest.startsWith("**/")) {
      source += "(?:[^/]*/)*";
      at += 3;
    } else if (rest.startsWith("**")) {
      source += ".*";
      at += 2;
    } else if (rest.startsWith("*")) {
      source += "[^/]*";
      at += 1;
    } else if (rest.startsWith("?")) {
      source += "[^/]";
      at += 1;
    } else if (set) {
      source += `[${set[1] ? "^" : ""}${set[2]?.replace(/[\\^[\]]/g, "\\$&")}]`;
      at += set[0].length;
    } else {
      source += rest.charAt(0).replace(/[\\^$.|?+()[\]{}*]/g, "\\$&");
      at += 1;
    }
  }
  return source;
}

/**
 * Whether a pattern matches an absolute path. `//abs`, `~/x`, `/x` (project root) and `./x` or `a/b` (cwd) are
 * anchored; a pattern without a slash matches a name at any depth. A pattern that matches a folder matches all in it.
 * `anywhere`: a bare name counts outside the project too, as a rule that forbids should; one that allows should not.
 */
export function pathMatches(pattern: string, path: string, place: Place, anywhere: boolean): boolean {
  const body = pattern.endsWith("/") ? pattern.slice(0, -1) : pattern;
  const anchored = anchor(body, place);
  if (anchored !== null) {
    const [base, rest] = anchored;
    if (rest === "" || rest === "**") return isInside(base, path);
    const prefix = globSource("").concat(base === "/" ? "" : base.replace(/[\\^$.|?+()[\]{}*]/g, "\\$&"));
    return new RegExp(`^${prefix}/${globSource(rest)}(?:/.*)?$`, "s").test(path);
  }
  if (!anywhere && !isInProject(path, place)) return false;
  const name = new RegExp(`^${globSource(body)}$`, "s");
  const inProject = isInside(place.cwd, path)
    ? place.cwd
    : isInside(place.projectRoot, path)
      ? place.projectRoot
      : "/";
  // Folders above the project are not the rule's business: a project in ~/build is not matched by `build`.
  return posix
    .relative(inProject, path)
    .split("/")
    .some((part) => name.test(part));
}

/** The folder a pattern begins at and what is left of it; null for a bare name. */
function anchor(pattern: string, { cwd, projectRoot, home }: Place): [string, string] | null {
  if (pattern.startsWith("//")) return ["/", pattern.slice(2)];
  if (pattern === "~") return [home, ""];
  if (pattern.startsWith("~/")) return [home, pattern.slice(2)];
  if (pattern.startsWith("/")) return [projectRoot, pattern.slice(1)];
  if (pattern === ".") return [cwd, ""];
  if (pattern.startsWith("./")) return [cwd, pattern.slice(2)];
  if (pattern.startsWith("../")) return [posix.resolve(cwd, ".."), pattern.slice(3)];
  return pattern.includes("/") ? [cwd, pattern] : null;
}

/** Names of files that hold credentials, wherever they lie; templates of them do not. */
const secretNames =
  /^(\.env(\..+)?|\.envrc|\.netrc|_netrc|\.npmrc|\.pypirc|\.git-credentials|\.pgpass|\.htpasswd|id_(rsa|dsa|ecdsa|ed25519)|.+\.(pem|key|p12|pfx|keystore|jks)|credentials\.json|service-account.*\.json)$/;
const templateNames = /\.(example|sample|template|dist|defaults?)$/;

/** Folders of the home that hold credentials. */
const secretFolders = [
  ".ssh",
  ".gnupg",
  ".aws",
  ".azure",
  ".kube",
  ".docker",
  ".config/gcloud",
  ".config/gh",
  ".password-store",
];

/** Why reading a path needs a person's word even inside the project; null when it does not. */
export function sensitive(path: string, home: string): string | null {
  const name = posix.basename(path);
  const folder = secretFolders.find((each) => isInside(posix.join(home, each), path));
  if (folder !== undefined) return `~/${folder} holds credentials`;
  return secretNames.test(name) && !templateNames.test(name) ? `${name} may hold credentials` : null;
}

/** Whether a path is in a folder that changes what Tau or git will run: edits there are never taken as read. */
export function guarded(path: string, place: Place): boolean {
  return [".git", ".tau"].some(
    (name) =>
      isInside(posix.join(place.projectRoot, name), path) || isInside(posix.join(place.cwd, name), path),
  );
}

/** Patterns of what no mode may write: the keys to the user's other machines, and what runs at every login. */
export const forbiddenEdits: readonly string[] = [
  ...secretFolders.map((folder) => `~/${folder}/**`),
  ...[".bashrc", ".bash_profile", ".profile", ".zshrc", ".zshenv", ".zprofile", ".netrc"].map(
    (name) => `~/${name}`,
  ),
];
