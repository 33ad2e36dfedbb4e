/** Text to the clipboard: by the machine's own tool, else by the terminal. Which it was is told; a file is there for when neither is. */
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What copying needs of the world. */
export type ClipboardPlace = {
  env: { readonly [name: string]: string | undefined };
  platform: string;
  /** Folder in which the file is left that stands in for a clipboard. */
  folder: string;
  /** Writes to the terminal. */
  write(text: string): void;
};

/** Most bytes given to a terminal: xterm takes no more, and others hang on megabytes. */
const terminalBytes = 74_994;

/** How long a tool may take, ms: xclip waits for ever for a display that does not answer. */
const toolMs = 2_000;

/** Copies the text; resolves to the words for where it went. */
export async function copyText(text: string, place: ClipboardPlace): Promise<string> {
  for (const [command, ...args] of toolsFor(place)) {
    if (command !== undefined && (await given(command, args, text, place.env))) return `copied by ${command}`;
  }
  mkdirSync(place.folder, { recursive: true, mode: 0o700 });
  const file = join(place.folder, "copied.txt");
  writeFileSync(file, text, { mode: 0o600 });
  const encoded = Buffer.from(text).toString("base64");
  const drawsText = place.env.TERM === "linux" || place.env.TERM === "dumb";
  if (encoded.length > terminalBytes || drawsText) return `there is no clipboard here; it is in ${file}`;
  // OSC 52 (xterm control sequences): over SSH it is the only way, and no terminal says whether it took it.
  place.write(`\u001b]52;c;${encoded}\u0007`);
  return `given to the terminal (OSC 52), which may not take it; it is in ${file}, too`;
}

/** The tools that may be there, the likeliest first. */
function toolsFor({ env, platform }: ClipboardPlace): string[][] {
  if (platform === "darwin") return [["pbcopy"]];
  if (platform === "win32") return [["clip.exe"]];
  return [
    ...(env.WAYLAND_DISPLAY ? [["wl-copy"]] : []),
    ...(env.DISPLAY ? [["xclip", "-selection", "clipboard"]] : []),
    ...(env.WSL_DISTRO_NAME ? [["clip.exe"]] : []),
  ];
}

/** Whether a tool took the text. */
function given(
  command: string,
  args: readonly string[],
  text: string,
  env: ClipboardPlace["env"],
): Promise<boolean> {
  return new Promise((resolve) => {
    // xclip stays to serve the selection: pipes it holds would never close.
    const child = spawn(command, [...args], { env, stdio: ["pipe", "ignore", "ignore"] });
    const timer = setTimeout(() => child.kill(), toolMs);
    const end = (took: boolean): void => {
      clearTimeout(timer);
      resolve(took);
    };
    child.once("error", () => end(false));
    child.once("exit", (code) => end(code === 0));
    child.stdin.on("error", () => end(false));
    child.stdin.end(text);
  });
}

/** The fenced code blocks of an answer, in order, without their fences (CommonMark 4.5). */
export function codeBlocks(answer: string): string[] {
  const blocks: string[] = [];
  let open: { fence: string; lines: string[] } | null = null;
  for (const line of answer.split("\n")) {
    const fence = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (open === null) {
      if (fence) open = { fence, lines: [] };
    } else if (fence?.startsWith(open.fence) && line.trim() === fence) {
      blocks.push(`${open.lines.join("\n")}\n`);
      open = null;
    } else open.lines.push(line);
  }
  return open === null ? blocks : [...blocks, `${open.lines.join("\n")}\n`];
}
