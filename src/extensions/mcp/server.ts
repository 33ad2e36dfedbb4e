/** One MCP server: started when it is first needed, started again when it died, given up when it keeps dying. */
import { messageOf, TauError } from "../../core/errors.ts";
import type { Clock } from "../../core/ids.ts";
import { Catalogue } from "./catalogue.ts";
import type {
  CallAnswer,
  CallOptions,
  ConnectFailure,
  Connection,
  ConnectionListener,
  KnownOffers,
  Link,
  Offers,
  PromptMessage,
  ServerContent,
} from "./connection.ts";
import type { ServerEntry } from "./entries.ts";
import { defaultCallMs, defaultStartupMs } from "./resolve.ts";

/** Starts in a row that failed, or ended before a call was answered, after which a server is given up. */
export const mostFailures = 4;
/** Wait before the second start in a row, ms; it doubles with each. The first comes at once. */
const firstWaitMs = 500;
/** Characters of its log that are kept, from the end. */
const logChars = 16_000;

/** Where a server stands. */
export type ServerStatus =
  | "idle"
  | "starting"
  | "ready"
  /** It may be tried again. */
  | "failed"
  /** It is not tried again before somebody says so. */
  | "gone"
  | "disabled"
  /** A project's server that nobody allowed. */
  | "not allowed";

/** What a server needs of the world. */
export type ServerWorld = {
  /** @throws TauError when the entry cannot be used */
  link(entry: ServerEntry): Link;
  connect(
    link: Link,
    options: { timeoutMs: number; signal: AbortSignal },
    listener: ConnectionListener,
  ): Promise<Connection | ConnectFailure>;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  now: Clock;
  /** What it has is known now, or is other than before. */
  known(known: KnownOffers): void;
  /** It stands elsewhere than before. */
  moved(): void;
};

/** A server and what is known of it. */
export class Server {
  readonly entry: ServerEntry;
  readonly #world: ServerWorld;
  #status: ServerStatus;
  /** Why it is not there, in words. */
  #problem: string | null = null;
  #failures = 0;
  #starting: Promise<Connection> | null = null;
  #connection: Connection | null = null;
  readonly #catalogue: Catalogue;
  #log = "";
  #stop = new AbortController();
  readonly #hearers = new Set<(text: string) => void>();

  /** @param kept what it told of last; null when it never did */
  constructor(entry: ServerEntry, world: ServerWorld, status: ServerStatus, kept: KnownOffers | null) {
    this.entry = entry;
    this.#world = world;
    this.#status = status;
    const { now, sleep, known } = world;
    this.#catalogue = new Catalogue(kept, {
      now,
      sleep,
      known,
      failed: (text) => this.#mutter(`${text}\n`),
    });
  }

  get status(): ServerStatus {
    return this.#status;
  }

  get problem(): string | null {
    return this.#problem;
  }

  /** What it has, by its own names; null before it was ever asked. */
  get offers(): Offers | null {
    return this.#catalogue.offers;
  }

  /** Settles when what it says has changed is known; null when nothing of the kind is being read. */
  catchingUp(kind: keyof Offers): Promise<void> | null {
    return this.#catalogue.catchingUp(kind);
  }

  /** The end of what it wrote to its stderr. */
  get log(): string {
    return this.#log;
  }

  /** Whether it may be started. */
  get usable(): boolean {
    return this.#status !== "disabled" && this.#status !== "not allowed" && this.#status !== "gone";
  }

  /**
   * The connection, made now where there is none.
   * @throws TauError `failure` saying why it cannot be
   */
  ready(signal: AbortSignal): Promise<Connection> {
    if (this.#connection) return Promise.resolve(this.#connection);
    if (!this.usable) return Promise.reject(this.#refusal());
    if (this.#starting === null) {
      const starting = this.#start().finally(() => {
        if (this.#starting === starting) this.#starting = null;
      });
      this.#starting = starting;
    }
    return until(this.#starting, signal);
  }

  async #start(): Promise<Connection> {
    const { signal } = this.#stop;
    if (this.#failures > 0) await this.#world.sleep(firstWaitMs * 2 ** (this.#failures - 1), signal);
    this.#log = "";
    this.#move("starting");
    const timeoutMs = this.entry.written.startupTimeout ?? defaultStartupMs;
    try {
      const link = this.#world.link(this.entry);
      let connection: Connection | null = null;
      const made = await this.#world.connect(
        link,
        { timeoutMs, signal },
        {
          closed: (why) => this.#lost(connection, why),
          changed: (kind) => {
            if (connection) this.#catalogue.changed(kind, connection, signal);
          },
          muttered: (text) => this.#mutter(text),
          logged: (level, text) => this.#tell(`${level}: ${text}`),
        },
      );
      if ("failed" in made) throw this.#failureOf(made);
      connection = made;
      if (signal.aborted) {
        await made.close();
        throw signal.reason;
      }
      const unusable = await this.#catalogue.open(made, signal);
      this.#connection = made;
      this.#problem =
        unusable > 0 ? `${unusable} of its tools have no usable description and are left out` : null;
      this.#move("ready");
      return made;
    } catch (error) {
      if (signal.aborted) throw this.#refusal();
      this.#fail(messageOf(error));
      throw this.#refusal();
    }
  }

  /** Makes one call. Never made twice: it may have had effects. @throws Error saying what went wrong */
  async call(
    name: string,
    input: { [key: string]: unknown },
    options: Omit<CallOptions, "timeoutMs">,
  ): Promise<CallAnswer> {
    const connection = await this.ready(options.signal);
    this.#hearers.add(options.progress);
    try {
      const timeoutMs = this.entry.written.timeout ?? defaultCallMs;
      const answer = await connection.call(name, input, { ...options, timeoutMs });
      this.#failures = 0;
      return answer;
    } catch (error) {
      if (this.#connection === connection || options.signal.aborted) throw error;
      throw new TauError(
        "failure",
        `The MCP server ${this.entry.name} went away during the call: ${this.#problem ?? messageOf(error)}. The call may have had effects`,
        "the next call starts it again",
      );
    } finally {
      this.#hearers.delete(options.progress);
    }
  }

  /** The content of a resource. @throws Error saying what went wrong */
  async read(uri: string, signal: AbortSignal): Promise<ServerContent[]> {
    const connection = await this.ready(signal);
    return await connection.read(uri, { signal, timeoutMs: this.entry.written.timeout ?? defaultCallMs });
  }

  /** Starts it where it does not run, until all it has is known. @throws Error saying why it does not start */
  async learn(signal: AbortSignal): Promise<void> {
    await this.ready(signal);
    const reading = [this.catchingUp("resources"), this.catchingUp("prompts")];
    await until(Promise.all(reading), signal);
  }

  /** The messages of a prompt. @throws Error saying what went wrong */
  async prompt(
    name: string,
    input: { [key: string]: string },
    signal: AbortSignal,
  ): Promise<PromptMessage[]> {
    const connection = await this.ready(signal);
    const timeoutMs = this.entry.written.timeout ?? defaultCallMs;
    return await connection.prompt(name, input, { signal, timeoutMs });
  }

  /** Closes it and makes it as new: it is started at its next use. */
  async restart(): Promise<void> {
    await this.#leave();
    this.#failures = 0;
    this.#problem = null;
    this.#move("idle");
  }

  /** Closes it; it is not used before {@link restart}. */
  async disable(): Promise<void> {
    await this.#leave();
    this.#problem = null;
    this.#move("disabled");
  }

  async #leave(): Promise<void> {
    this.#stop.abort(new Error("the server is closed"));
    this.#stop = new AbortController();
    // A start that was under way is none of the next use's.
    this.#starting = null;
    const connection = this.#connection;
    this.#connection = null;
    await connection?.close();
  }

  #lost(connection: Connection | null, why: string): void {
    if (connection !== null && connection !== this.#connection) return;
    this.#connection = null;
    this.#fail(why);
  }

  #fail(why: string): void {
    this.#failures += 1;
    const last = this.#log.trim().split("\n").slice(-3).join(" / ").slice(-300);
    this.#problem = last === "" || why.includes(last) ? why : `${why}; its last words: ${last}`;
    this.#move(this.#failures >= mostFailures ? "gone" : "failed");
  }

  #move(status: ServerStatus): void {
    this.#status = status;
    this.#world.moved();
  }

  #refusal(): TauError {
    const { name } = this.entry;
    const why = this.#problem ?? "it is closed";
    if (this.#status === "disabled") return new TauError("failure", `The MCP server ${name} is switched off`);
    if (this.#status === "not allowed")
      return new TauError("failure", `The MCP server ${name} was not allowed`, `tau mcp allow ${name}`);
    if (this.#status === "gone")
      return new TauError(
        "failure",
        `The MCP server ${name} failed ${mostFailures} times and is given up: ${why}`,
        "go on without it; Tau tries it again when it is next started",
      );
    return new TauError(
      "failure",
      `The MCP server ${name} is not there: ${why}`,
      `tau mcp check ${name} looks closer`,
    );
  }

  #failureOf({ message, status }: ConnectFailure): Error {
    const { headers = {} } = this.entry.written;
    if (status === 401 || status === 403) {
      const sent = Object.keys(headers).some((name) => name.toLowerCase() === "authorization");
      const what = sent
        ? "the token in its Authorization header was refused"
        : 'it wants a token: add "headers": {"Authorization": "Bearer ${NAME}"} to its entry and export NAME (signing in with a browser is not supported)';
      return new Error(`it answered ${status}: ${what}`);
    }
    return new Error(message);
  }

  #mutter(text: string): void {
    this.#log = (this.#log + text).slice(-logChars);
  }

  #tell(text: string): void {
    for (const hear of this.#hearers) hear(text);
  }
}

/** The work's outcome, or the signal's reason as soon as it fires; the work goes on. */
function until<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
