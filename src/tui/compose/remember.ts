/** `# text`: a line for the instructions every later session begins with. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { messageWithHint, TauError } from "../../core/errors.ts";
import { listDialog } from "../dialog/list.ts";
import { type ComposePlace, hint, show } from "./place.ts";

/** A file a line can be remembered in. */
type Target = { path: string; name: string; detail: string; folder: string };

/** What `# text` asks to remember; null for any other text: a heading of a longer one is none. */
export function rememberedIn(text: string): string | null {
  const [, line] = /^#[ \t]+(\S.*)$/.exec(text.trim()) ?? [];
  return line ?? null;
}

/** The project's file: AGENTS.md, or the other one where only that is there. */
export function projectFile(root: string): string {
  const names = ["AGENTS.md", "CLAUDE.md", "GEMINI.md"];
  return join(root, names.find((name) => existsSync(join(root, name))) ?? "AGENTS.md");
}

/** A file's text with one more item; its own kind of line break is kept. */
export function withLine(text: string, line: string): string {
  const brk = text.includes("\r\n") ? "\r\n" : "\n";
  const apart = text === "" || text.endsWith("\n") ? "" : brk;
  // An item below a paragraph would become part of it.
  const list = text.trim() === "" || /(?:^|\n)[-*] [^\n]*\s*$/.test(text) ? "" : brk;
  return `${text}${apart}${list}- ${line}${brk}`;
}

/** Asks where, and writes it there. @param saved told of what was remembered */
export function remember(place: ComposePlace, line: string, saved: (line: string) => void): void {
  const { root, app } = place;
  const project = projectFile(root);
  const targets: Target[] = [
    { path: project, folder: root, name: relative(root, project), detail: "this project, for everybody" },
    {
      path: join(root, "AGENTS.local.md"),
      folder: root,
      name: "AGENTS.local.md",
      detail: "this project, for you alone (keep it out of the repository)",
    },
    {
      path: join(app.paths.config, "AGENTS.md"),
      folder: app.paths.config,
      name: join(app.paths.config, "AGENTS.md"),
      detail: "all your projects",
    },
  ];
  place.open(
    listDialog({
      title: "Remember where?",
      rows: targets.map((value) => ({ value, text: value.name, detail: value.detail })),
      empty: "no file fits",
      choose(target) {
        void write(place, target, line).then(
          () => saved(line),
          (error: unknown) => place.warn(`it was not remembered: ${messageWithHint(error)}`),
        );
        return null;
      },
    }),
  );
  hint(place, `remember: ${line}`);
}

async function write(place: ComposePlace, { path, name, folder }: Target, line: string): Promise<void> {
  const [{ replaceFile }, { displayDiff }, { realTarget, isInside }] = await Promise.all([
    import("../../tools/edit/atomic-write.ts"),
    import("../../tools/edit/display-diff.ts"),
    import("../../tools/paths.ts"),
  ]);
  const real = realTarget(path);
  // A repository must not have a line written into whatever a link of its leads to.
  if (!isInside(realTarget(folder), real) || !/\.md$/i.test(real))
    throw new TauError("denied", `${name} leads to ${real}`, "remove the link");
  const before = existsSync(real) ? readFileSync(real, "utf8") : "";
  const after = withLine(before, line);
  const stats = statSync(real, { throwIfNoEntry: false });
  await replaceFile(real, Buffer.from(after), {
    mode: stats === undefined ? null : stats.mode & 0o7777,
    owner: stats === undefined ? null : { uid: stats.uid, gid: stats.gid },
  });
  show(place, {
    type: "tool",
    summary: `# remembered in ${name}; deleting the line forgets it`,
    status: "ok",
    display: [displayDiff(name, before, after)],
    durationMs: 0,
    allowedBy: null,
  });
}
