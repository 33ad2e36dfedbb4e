/** Changing several files so that all of them change or none does. */
import { rm } from "node:fs/promises";
import { messageOf } from "../../core/errors.ts";
import { refuse } from "../outcome.ts";
import { type Keep, replaceFile, type Staged, stage } from "./atomic-write.ts";

/** One file as it is and as it shall be; absent is null on either side. */
export type Replacement = {
  /** Absolute, symbolic links resolved. */
  real: string;
  /** For messages. */
  name: string;
  before: { bytes: Buffer } | null;
  bytes: Buffer | null;
  keep: Keep;
};

/**
 * Puts every new content on disk before the first file changes, then puts them in place and removes what is to go. If
 * one cannot be changed, those before it are put back.
 * @throws the file system's error; a TauError naming the files that could not be put back either.
 */
export async function replaceFiles(planned: readonly Replacement[]): Promise<void> {
  const staged: { file: Replacement; staged: Staged }[] = [];
  const changed: Replacement[] = [];
  try {
    for (const file of planned) {
      if (file.bytes !== null && !file.before?.bytes.equals(file.bytes))
        staged.push({ file, staged: await stage(file.real, file.bytes, file.keep) });
    }
    for (const { file, staged: next } of staged) {
      await next.commit();
      changed.push(file);
    }
    for (const file of planned) {
      if (file.bytes !== null) continue;
      await rm(file.real);
      changed.push(file);
    }
  } catch (error) {
    for (const { staged: next } of staged) await next.discard();
    await putBack(changed, error);
    throw error;
  }
}

async function putBack(changed: readonly Replacement[], cause: unknown): Promise<void> {
  const lost: string[] = [];
  for (const { real, name, before, keep } of [...changed].reverse()) {
    try {
      if (before === null) await rm(real, { force: true });
      else await replaceFile(real, before.bytes, keep);
    } catch (error) {
      lost.push(`${name} (${messageOf(error)})`);
    }
  }
  if (lost.length > 0)
    throw refuse(
      `The patch failed half way (${messageOf(cause)}) and these files could not be put back: ${lost.join(", ")}.`,
      "Look at them before going on.",
    );
}
