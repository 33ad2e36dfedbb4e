/** `--image FILE`: pictures attached to a task. */
import { readFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { messageOf, TauError } from "../core/errors.ts";
import type { ImagePart } from "../core/message.ts";

/** Bytes of one picture; Anthropic's limit of 5 MB after base64 is the lowest among providers. */
export const imageLimit = 3_750_000;

const mediaTypes: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
};

/** @throws TauError `usage` naming the file that cannot be attached. */
export function readImages(files: readonly string[], cwd: string): Promise<ImagePart[]> {
  return Promise.all(
    files.map(async (file): Promise<ImagePart> => {
      const path = resolve(cwd, file);
      const mediaType = mediaTypes[extname(path).toLowerCase()];
      if (!mediaType)
        throw new TauError("usage", `${file} is not a picture Tau can send`, "use png, jpg, gif or webp");
      let bytes: Buffer;
      try {
        bytes = await readFile(path);
      } catch (error) {
        throw new TauError("usage", `cannot read ${file}: ${messageOf(error)}`, "tau exec --image FILE");
      }
      if (bytes.length > imageLimit) {
        throw new TauError(
          "usage",
          `${file} is ${bytes.length} bytes; the most is ${imageLimit}`,
          "scale it down",
        );
      }
      return { type: "image", mediaType, data: bytes.toString("base64"), name: file };
    }),
  );
}
