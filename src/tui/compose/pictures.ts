/** Pictures: from the clipboard, by the tool a system has for it, and from paths that were dropped into the terminal. */
import { execFile } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ImagePart, TextPart } from "../../core/message.ts";
import { pixelSize } from "../../models/media-tokens.ts";
import { imageType } from "../../tools/file-type.ts";
import { formatBytes, MAX_IMAGE_BYTES } from "../../tools/truncate.ts";

/** A picture as it is sent, and what its token says of it; or why there is none. */
export type ClipboardImage =
  | { found: true; about: string; parts: (TextPart | ImagePart)[] }
  | { found: false; why: string };

/** One way to a clipboard. */
type ClipboardTool = {
  command: string;
  args: readonly string[];
  /** Whether the picture is on its output; else it is in this file. */
  file: string | null;
};

/** Waiting for a clipboard whose owner does not answer, in ms. */
const patienceMs = 5_000;

/** The ways to the clipboard of a system, the likeliest first. */
export function clipboardTools(
  platform: string,
  env: { readonly [name: string]: string | undefined },
  file: string,
): { tools: ClipboardTool[]; install: string } {
  if (platform === "darwin") {
    const script = `set f to open for access POSIX file "${file}" with write permission
write (the clipboard as «class PNGf») to f
close access f`;
    return {
      tools: [
        { command: "pngpaste", args: ["-"], file: null },
        { command: "osascript", args: ["-e", script], file },
      ],
      install: "brew install pngpaste",
    };
  }
  if (platform === "win32" || env.WSL_DISTRO_NAME !== undefined) {
    const script =
      "Add-Type -AssemblyName System.Windows.Forms; $i = [Windows.Forms.Clipboard]::GetImage(); if ($i -eq $null) { exit 1 }; " +
      "$m = New-Object IO.MemoryStream; $i.Save($m, [Drawing.Imaging.ImageFormat]::Png); " +
      "$o = [Console]::OpenStandardOutput(); $o.Write($m.ToArray(), 0, $m.Length)";
    return {
      tools: [{ command: "powershell.exe", args: ["-NoProfile", "-STA", "-Command", script], file: null }],
      install: "PowerShell has to be on the PATH",
    };
  }
  const wayland: ClipboardTool = {
    command: "wl-paste",
    args: ["--no-newline", "--type", "image/png"],
    file: null,
  };
  const x11: ClipboardTool = {
    command: "xclip",
    args: ["-selection", "clipboard", "-target", "image/png", "-out"],
    file: null,
  };
  if (env.WAYLAND_DISPLAY) return { tools: [wayland, x11], install: "install wl-clipboard" };
  return { tools: [x11, wayland], install: "install xclip (X11) or wl-clipboard (Wayland)" };
}

/** The picture in the clipboard. */
export async function clipboardImage(
  platform: string,
  env: { readonly [name: string]: string | undefined },
): Promise<ClipboardImage> {
  const file = join(tmpdir(), `tau-clipboard-${process.pid}.png`);
  const { tools, install } = clipboardTools(platform, env, file);
  let present = false;
  for (const tool of tools) {
    const bytes = await outputOf(tool);
    if (bytes === null) continue;
    present = true;
    if (bytes.length > 0) return imageOf(bytes, "clipboard");
  }
  if (present) return { found: false, why: "there is no picture in the clipboard" };
  return { found: false, why: `no tool here reads pictures from the clipboard: ${install}` };
}

/** What a tool gives: null when there is no such tool, empty when it found no picture. */
function outputOf({ command, args, file }: ClipboardTool): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const options = { encoding: "buffer", timeout: patienceMs, maxBuffer: 8 * MAX_IMAGE_BYTES } as const;
    execFile(command, [...args], options, (error, stdout) => {
      if (error !== null && "code" in error && error.code === "ENOENT") return resolve(null);
      if (error !== null) return resolve(Buffer.alloc(0));
      if (file === null) return resolve(stdout);
      try {
        resolve(readFileSync(file));
      } catch {
        resolve(Buffer.alloc(0)); // it left no file: there was no picture
      } finally {
        rmSync(file, { force: true });
      }
    });
  });
}

/** Bytes as a picture. */
export function imageOf(bytes: Buffer, name: string): ClipboardImage {
  const mediaType = imageType(bytes.subarray(0, 64));
  if (mediaType === null)
    return { found: false, why: `${name} is no picture models take (png, jpeg, gif, webp)` };
  if (bytes.length > MAX_IMAGE_BYTES)
    return {
      found: false,
      why: `${name} has ${formatBytes(bytes.length)}; at most ${formatBytes(MAX_IMAGE_BYTES)} can be sent`,
    };
  const data = bytes.toString("base64");
  return { found: true, about: aboutImage(name, data), parts: [{ type: "image", mediaType, data, name }] };
}

/** `name 1200x800`. */
export function aboutImage(name: string, data: string): string {
  const size = pixelSize(data);
  return size === null ? name : `${name} ${size.width}x${size.height}`;
}

/** The path of a picture, where a paste is nothing but one: as terminals give what is dropped into them; else null. */
export function droppedImage(text: string): string | null {
  const line = text.trim();
  if (line.includes("\n") || line.length > 4096 || !/\.(png|jpe?g|gif|webp)['"]?$/i.test(line)) return null;
  if (line.startsWith("file://") && URL.canParse(line)) {
    const url = new URL(line);
    return url.host === "" || url.host === "localhost" ? fileURLToPath(`file://${url.pathname}`) : null;
  }
  const [, quoted] = /^(?:'([^']*)'|"(?:[^"]*)")$/.exec(line) ?? [];
  const path = quoted ?? (/^"/.test(line) ? line.slice(1, -1) : line.replace(/\\(.)/g, "$1"));
  return /^(?:\/|~\/|[A-Za-z]:\\)/.test(path) ? path : null;
}
