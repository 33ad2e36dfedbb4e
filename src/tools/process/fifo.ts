/**
 * Real pipes for commands. Node's own child pipes are sockets, and a socket cannot be opened through /dev/stderr or
 * /dev/stdout (`echo x > /dev/stderr`, `tee /dev/stderr` fail with ENXIO); and two of them lose the order in which
 * stdout and stderr were written. A named pipe, opened and unlinked at once, serves both as one.
 */
import { execFile } from "node:child_process";
import { closeSync, constants, mkdirSync, openSync, rmSync, unlinkSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";

/** Both ends of one pipe; `writeFd` is for the child and must be closed here once it has started. */
export type Pipe = { reader: Socket; writeFd: number };

const batch = 16;

/** Named pipes made ahead of need, because making one costs a process. */
export class FifoPool {
  #dir: string;
  #free: string[] = [];
  #made = 0;
  #filling: Promise<void> | null = null;
  #works = true;

  /** `dir` becomes the pool's own; it need not exist. */
  constructor(dir: string) {
    this.#dir = dir;
    try {
      mkdirSync(dir, { recursive: true, mode: 0o700 });
    } catch {
      this.#works = false; // read-only state directory: commands get Node's pipes
    }
  }

  /** Makes pipes if few are left. */
  fill(): Promise<void> {
    if (!this.#works || this.#free.length > batch / 2) return Promise.resolve();
    this.#filling ??= new Promise((resolve) => {
      const paths = Array.from({ length: batch }, () => join(this.#dir, String(this.#made++)));
      execFile("mkfifo", ["-m", "600", ...paths], (error) => {
        if (error === null) this.#free.push(...paths);
        else this.#works = false;
        this.#filling = null;
        resolve();
      });
    });
    return this.#filling;
  }

  /** One pipe; null where the system has none to give. */
  async take(): Promise<Pipe | null> {
    while (this.#free.length === 0 && this.#works) await this.fill();
    const path = this.#free.pop();
    if (path === undefined) return null;
    let readFd: number | null = null;
    try {
      readFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      // The writer must be open before the first read, which would otherwise see the end of file.
      const writeFd = openSync(path, constants.O_WRONLY);
      unlinkSync(path);
      return { reader: new Socket({ fd: readFd, readable: true, writable: false }), writeFd };
    } catch {
      if (readFd !== null) closeSync(readFd);
      return null; // out of descriptors, or the directory was swept away: Node's pipes will do
    }
  }

  /** Removes what is left. */
  close(): void {
    this.#works = false;
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
