/** Holds the shared lock until it is killed. */
import { SharedLock } from "../../../src/tools/shared-lock.ts";

const { path } = JSON.parse(process.argv[2] ?? "") as { path: string };
await new SharedLock(path).hold(async () => {
  process.stdout.write("held\n");
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});
