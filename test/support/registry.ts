/**
 * A package registry on the loopback that has what the lockfile names, out of node_modules: installing the packed Tau needs
 * no network, and gets nothing it was not locked to.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

type Locked = { version: string; [fact: string]: unknown };

/** A registry that runs; `asked`: the names of packages that were downloaded. */
export type Registry = { url: string; asked: string[]; close(): Promise<void> };

/** @param root the folder with package-lock.json and node_modules */
export async function startRegistry(root: string): Promise<Registry> {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: { [path: string]: Locked };
  };
  const byName = new Map<string, { path: string; locked: Locked }[]>();
  for (const [path, locked] of Object.entries(packages)) {
    const name = path.split("node_modules/").at(-1) ?? "";
    if (name !== "") byName.set(name, [...(byName.get(name) ?? []), { path, locked }]);
  }
  const asked: string[] = [];
  let url = "";
  const packument = (name: string, found: readonly { path: string; locked: Locked }[]): string =>
    JSON.stringify({
      name,
      "dist-tags": { latest: found.at(-1)?.locked.version },
      versions: Object.fromEntries(
        found.map(({ path, locked }) => [
          locked.version,
          // The lock's own integrity is that of the real tarball, which is not what is served here.
          {
            ...locked,
            integrity: undefined,
            resolved: undefined,
            name,
            dist: { tarball: `${url}/tarball/${path}` },
          },
        ]),
      ),
    });
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "/");
    if (path.startsWith("/tarball/")) {
      const folder = path.slice("/tarball/".length);
      asked.push(folder.split("node_modules/").at(-1) ?? "");
      // What was compiled here is no part of a package.
      const excluded = ["--exclude=./build", "--exclude=./node_modules"];
      const tar = spawn("tar", [
        "-czf",
        "-",
        ...excluded,
        "--transform=s,^\\.,package,",
        "-C",
        join(root, folder),
        ".",
      ]);
      tar.stdout.pipe(response);
      return;
    }
    const found = byName.get(path.slice(1));
    if (found === undefined) response.writeHead(404).end("{}");
    else response.writeHead(200, { "content-type": "application/json" }).end(packument(path.slice(1), found));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    asked,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
