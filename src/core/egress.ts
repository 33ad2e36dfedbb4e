/** Which hosts a process of Tau talked to: told by whoever sends a request, at the moment it leaves. */

/** A host and how many requests went to it. */
export type HostContact = {
  /** As in a URL: the name or address, with the port where it is not the usual one. */
  host: string;
  requests: number;
};

/** Counts of requests by host, in the order of first contact. A proxy is a host of its own, beside the one behind it. */
export class EgressLog {
  readonly #requests = new Map<string, number>();

  /** A request leaves for this host. */
  readonly contacted = (host: string): void => {
    this.#requests.set(host, (this.#requests.get(host) ?? 0) + 1);
  };

  /** All contacts so far; with the ones at an earlier moment, those since then. */
  contacts(before: readonly HostContact[] = []): HostContact[] {
    const known = new Map(before.map(({ host, requests }) => [host, requests]));
    return [...this.#requests]
      .map(([host, requests]) => ({ host, requests: requests - (known.get(host) ?? 0) }))
      .filter(({ requests }) => requests > 0);
  }
}
