/** Several producers, one consumer: how events of concurrent work reach the loop's single stream. */

/** Items that may wait before producers are held back. */
const bound = 1024;

/** A bounded queue to be consumed with `for await`; it ends when closed and empty, or throws what it was failed with. */
export class Mailbox<Item> implements AsyncIterable<Item> {
  #items: Item[] = [];
  #closed = false;
  #failure: { error: unknown } | null = null;
  #wakeConsumer: (() => void) | null = null;
  #wakeProducers: (() => void)[] = [];

  /** Adds an item; the promise resolves when there is room for the next one. Items after `close` are dropped. */
  push(item: Item): Promise<void> | undefined {
    if (this.#closed) return undefined;
    this.#items.push(item);
    this.#wakeConsumer?.();
    if (this.#items.length < bound) return undefined;
    return new Promise((resolve) => this.#wakeProducers.push(resolve));
  }

  /** Adds an item that may be lost: dropped when nobody has taken what is there already. */
  offer(item: Item): void {
    if (this.#items.length < bound) this.push(item);
  }

  /** No more items will come. */
  close(): void {
    this.#closed = true;
    this.#wakeConsumer?.();
    this.#releaseProducers();
  }

  /** Ends the consumer with an error, after the items already there. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, void> {
    try {
      for (;;) {
        const items = this.#items;
        this.#items = [];
        this.#releaseProducers();
        yield* items;
        if (this.#items.length > 0) continue;
        if (this.#failure) throw this.#failure.error;
        if (this.#closed) return;
        await new Promise<void>((resolve) => {
          this.#wakeConsumer = resolve;
        });
        this.#wakeConsumer = null;
      }
    } finally {
      this.close();
    }
  }

  #releaseProducers(): void {
    for (const wake of this.#wakeProducers.splice(0)) wake();
  }
}
