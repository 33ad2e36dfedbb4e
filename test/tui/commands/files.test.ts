/** /undo and /redo: what they ask for, and what they tell. */
import { describe, expect, it, vi } from "vitest";
import type { RestorePreview } from "../../../src/app/contract.ts";
import { type CommandPlace, commandNamed } from "../../../src/tui/commands.ts";

type Session = ReturnType<CommandPlace["session"]>;

function place(preview: RestorePreview | null) {
  const restoreFiles = vi.fn<Session["restoreFiles"]>(async (_wish, conflicts) => ({
    files: preview?.files ?? [],
    skipped: conflicts === "skip" ? (preview?.conflicts ?? []).map(({ path }) => path) : [],
    failed: [],
    notCovered: preview?.notCovered ?? [],
  }));
  const session = () => ({ previewFiles: async () => preview, restoreFiles }) as Partial<Session> as Session;
  const give = async (name: string, argument: string): Promise<string | null> => {
    const command = commandNamed(name);
    if (command === null) throw new Error("there is no such command");
    return await command.run({ session } as Partial<CommandPlace> as CommandPlace, argument);
  };
  return { give, restoreFiles };
}

const changed: RestorePreview = {
  files: [
    { path: "src/a.ts", change: "modified", added: 3, removed: 1 },
    { path: "src/b.ts", change: "created", added: null, removed: null },
  ],
  conflicts: [{ path: "src/mine.ts", change: "modified", added: 1, removed: 1, reason: "changed since" }],
  notCovered: ["node_modules"],
};

describe.each(["undo", "redo"])("/%s", (kind) => {
  it("puts files back, names what it left alone and what was never captured", async () => {
    const { give, restoreFiles } = place(changed);
    const text = await give(kind, "");
    expect(restoreFiles).toHaveBeenCalledExactlyOnceWith({ kind }, "skip");
    for (const told of [
      "put back 2 paths",
      "~ src/a.ts +3 -1",
      "+ src/b.ts",
      "src/mine.ts (changed since)",
      "node_modules",
    ])
      expect(text).toContain(told);
  });

  it("previews without doing anything, and says that git's state stays", async () => {
    const { give, restoreFiles } = place(changed);
    expect(await give(kind, "preview")).toMatch(/would put back 2 paths; git's own state .* stays/);
    expect(restoreFiles).not.toHaveBeenCalled();
  });

  it("overwrites what others changed only when told to", async () => {
    const { give, restoreFiles } = place({ ...changed, files: [] });
    expect(await give(kind, "")).toMatch(/^nothing was put back\. Left alone/);
    expect(restoreFiles).not.toHaveBeenCalled();
    await give(kind, "overwrite");
    expect(restoreFiles).toHaveBeenCalledExactlyOnceWith({ kind }, "overwrite");
  });

  it("says so where there is nothing, and knows no other word", async () => {
    expect(await place(null).give(kind, "")).toContain(`nothing to ${kind}`);
    expect(await place(changed).give(kind, "all")).toContain(`/${kind} takes nothing`);
  });
});
