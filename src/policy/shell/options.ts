/**
 * Options with which a program runs another one, runs code, or takes its orders from elsewhere. A rule with a wildcard
 * (`Bash(git:*)`) is about the program, not about what such an option makes of it. GNU programs and git take any
 * beginning of a long option, so beginnings are listed.
 * Sources: the manuals of the programs; GTFOBins for which of them are used to get out of a restriction.
 */

/** Programs, and the arguments that are more than arguments. */
type Row = { programs: string; args: readonly RegExp[] };

const rows: readonly Row[] = [
  {
    programs: "tar gtar bsdtar",
    args: [/^--(checkpoint-a|to-c|use-c|rsh|rmt|info-s|new-v|index-f)/, /^-[a-zA-Z]*[IF]/],
  },
  { programs: "cpio", args: [/^--(rsh|to-s)/] },
  { programs: "rsync", args: [/^-[a-zA-Z0-9]*e/, /^--(rsh|rsync-p|daemon|config)/] },
  { programs: "ssh", args: [/^-[a-zA-Z0-9]*[oFJ]/] },
  { programs: "scp sftp", args: [/^-[a-zA-Z0-9]*[oFSDJ]/] },
  {
    programs: "vim vi nvim gvim mvim view ex rvim vimdiff",
    args: [/^-(c|S|s|u|U|w|W|-cmd|-startuptime)/, /^\+/, /^-[a-zA-Z]*[es]/],
  },
  { programs: "emacs", args: [/^-{1,2}(eval|execute|f|funcall|l|load|script|batch|insert|q)/] },
  { programs: "ed red nano pico joe micro kak helix hx", args: [/^-(s|-speller|-syntax|-rcfile|e|E)/] },
  {
    programs: "less more most",
    args: [/^\+/, /^-[a-zA-Z]*[oOkT]/, /^--(lesskey|log-file|LOG-FILE|tag-file)/],
  },
  {
    programs: "man apropos whatis",
    args: [/^-[a-zA-Z]*[PHCMX]/, /^--(pager|html|config|manpath|preprocessor|gxditview)/],
  },
  { programs: "sort gsort", args: [/^--(co|o|te|files0)/, /^-[^-]*[oT]/] },
  { programs: "split gsplit", args: [/^--fi/] },
  { programs: "zip", args: [/^-[a-zA-Z]*T/, /^--(unzip|test)/] },
  { programs: "unzip", args: [/^-[a-zA-Z]*Z/] },
  { programs: "rg", args: [/^--(pre|hostname-bin)/] },
  {
    programs: "ag ack bat delta fzf gh glab jj hg svn",
    args: [/^--(pager|preview|bind|execute|diff-cmd|editor-cmd|config|config-option)/, /^(alias|extension)$/],
  },
  { programs: "curl", args: [/^-[a-zA-Z]*K/, /^--(config|libcurl)/] },
  { programs: "wget", args: [/^-[a-zA-Z]*e/, /^--(ex(?!c)|use-a|conf)/] },
  {
    programs: "make gmake",
    args: [/^(\.?SHELL|MAKEFLAGS|MAKE|\.SHELLFLAGS)\s*[:?+]?=/, /^--ev/, /^-[a-zA-Z]*E/],
  },
  {
    programs: "npm pnpm yarn npx bun bunx",
    args: [
      /^--(script-shell|node-options|prefix|userconfig|globalconfig|call|shell-mode|shell|dir|cwd|config)\b/,
      /^-(c|C)$/,
    ],
  },
  { programs: "cargo", args: [/^--config/, /^-Z/] },
  { programs: "go", args: [/^--?(exec|toolexec|vettool|ldflags|gcflags|asmflags|overlay|modfile|C)\b/] },
  { programs: "gcc g++ cc c++ clang clang++", args: [/^-(wrapper|fplugin|B|specs|Xclang|load)/, /^@/] },
  {
    programs: "pip pip3 uv",
    args: [/^--(python|config|global-option|install-option|build-option|config-settings?)\b/],
  },
  { programs: "nc ncat netcat", args: [/^-[a-zA-Z]*[ec]/, /^--(exec|sh-exec|lua-exec)/] },
  { programs: "socat", args: [/(EXEC|SYSTEM|SHELL):/i] },
  {
    programs: "psql mysql mariadb sqlite3",
    args: [/\\!/, /\.(shell|system|load|once|output|import|excel|read)/, /\bsystem\b/i, /PROGRAM/i],
  },
  { programs: "gdb lldb", args: [/^-{1,2}(ex|eval-command|x|command|o|one-line|s|source|iex|ix)\b/] },
  { programs: "install ginstall", args: [/^--strip-p/] },
  { programs: "tcpdump", args: [/^-[a-zA-Z]*[zw]/] },
  { programs: "nmap", args: [/^--(script|interactive)/] },
  { programs: "rpm rpmbuild", args: [/^--(eval|define|pipe|load|macros)/, /^-E/] },
  { programs: "apt apt-get dpkg", args: [/^-o/, /^--(option|pre-invoke|post-invoke|config-file)/, /^-c/] },
  { programs: "ip", args: [/^netns$/, /^-(b|batch)/] },
  {
    programs: "docker podman",
    args: [
      /^--(privileged|pid|ipc|uts|userns|cap-add|device|security-opt|mount|volume|volumes-from)\b/,
      /^-v/,
    ],
  },
  { programs: "find gfind", args: [/^-(fprint|fprint0|fprintf|fls|files0-from)$/] },
  { programs: "time gtime", args: [/^-[a-zA-Z]*[oa]/, /^--[oa]/] },
  { programs: "openssl", args: [/^-(engine|provider|provider-path|config)/] },
  { programs: "crontab", args: [/^[^-]/, /^-$/] },
  { programs: "sudo doas", args: [/^-[a-zA-Z]*[eisA]$/, /^--(edit|login|shell|askpass)/] },
  {
    programs: "alias hash enable shopt complete bind compgen",
    args: [/=/, /^-[a-zA-Z]*[pfxCF]/, /expand_aliases|sourcepath|extdebug/],
  },
];

const byProgram: ReadonlyMap<string, readonly RegExp[]> = new Map(
  rows.flatMap(({ programs, args }) => programs.split(" ").map((name) => [name, args] as const)),
);

/** Of git: what stands before the subcommand, and what any subcommand may be given. */
const gitGlobal = /^(-c$|-c.+=|--config-env|--exec-path=|--git-dir|--work-tree|--namespace|--super-prefix)/;
const gitArgs = [
  /^--(upload-p|receive-p|ex(?!clude|it-code)|te(mplate|xtc)|op|ext-d|config|separate-git|unsafe|to-command|cmd|tool|extcmd|server-option|attr-source)/,
  /^-O/,
  /^(ext|fd)::/,
  /^--output(=|$)/,
];
const gitSubcommands =
  /^(filter-branch|difftool|mergetool|instaweb|send-email|web--browse|hook|daemon|shell|credential.*|fast-import|cvsserver|p4|svn|remote-ext|remote-fd|upload-pack|receive-pack|citool|gui|gitk|maintenance|update-git-for-windows)$/;
/** Settings of git that say who writes and how things look, but run nothing. */
const gitPlainKeys =
  /^(user\.(name|email)|pull\.\w+|color\.[\w.]+|branch\.[\w./-]+\.(remote|merge|rebase|description)|init\.defaultbranch|fetch\.prune|push\.(default|autosetupremote)|rerere\.enabled|advice\.\w+)$/i;

function gitOptions(args: readonly string[]): number {
  const sub = args.findIndex(
    (arg, at) => !arg.startsWith("-") && !/^(-C|-c|--git-dir|--work-tree)$/.test(args[at - 1] ?? ""),
  );
  const before = sub === -1 ? args : args.slice(0, sub);
  const early = before.findIndex((arg) => gitGlobal.test(arg));
  if (early !== -1) return early;
  if (sub === -1) return -1;
  const [subcommand = "", ...rest] = args.slice(sub);
  if (gitSubcommands.test(subcommand)) return sub;
  const at = rest.findIndex((arg) => gitRuns(subcommand, arg, rest));
  return at === -1 ? -1 : sub + 1 + at;
}

function gitRuns(subcommand: string, arg: string, rest: readonly string[]): boolean {
  if (gitArgs.some((pattern) => pattern.test(arg))) return true;
  switch (subcommand) {
    case "clone":
      return /^-[a-zA-Z]*[uc]/.test(arg);
    case "rebase":
      return /^-[a-zA-Z]*x/.test(arg);
    case "bisect":
      return arg === "run";
    case "submodule":
      return arg === "foreach" || arg === "add" || arg === "update";
    case "init":
    case "worktree":
      return /^--temp/.test(arg);
    case "archive":
      return /^(-o|--remote|--exec)/.test(arg);
    case "config":
      return configures(rest);
    case "fetch":
    case "pull":
    case "ls-remote":
      return /^-[a-zA-Z]*u$/.test(arg) && subcommand !== "pull";
    default:
      return false;
  }
}

/** Whether `git config` of these arguments changes a setting that may run something. */
function configures(args: readonly string[]): boolean {
  if (args.some((arg) => /^(--get.*|--list|-l|get|list)$/.test(arg))) return false;
  if (args.some((arg) => /^(-e|--edit|edit|-f|--file.*)$/.test(arg))) return true;
  const words = args.filter((arg) => !arg.startsWith("-") && arg !== "set");
  const [key, value] = words;
  return key !== undefined && value !== undefined && !gitPlainKeys.test(key);
}

/**
 * The first argument with which a program does more than its name says, by its place among them; -1 where there is none.
 */
export function runningOption(program: string, args: readonly string[]): number {
  if (program === "git") return gitOptions(args);
  const patterns = byProgram.get(program) ?? [];
  const end = args.indexOf("--");
  const considered = end === -1 ? args : args.slice(0, end);
  return considered.findIndex((arg) => patterns.some((pattern) => pattern.test(arg)));
}

/** Whether a program has options that do more than its name says, so that a word nobody knows may be one. */
export const hasRunningOptions = (program: string): boolean => program === "git" || byProgram.has(program);
