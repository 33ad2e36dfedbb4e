/** When a terminal that takes one size after another has come to rest. */

/** Waits for it; one wait at a time. */
export type Settling = {
  /** Whether it may still take another size. */
  readonly active: boolean;
  /** It took a size: everything begins again from here. */
  moved(ms: number): void;
  /** It is taken for settled now. */
  end(): void;
};

/** @param settled called once after the last of several moves */
export function settling(settled: () => void): Settling {
  let timer: NodeJS.Timeout | null = null;
  const end = (): void => {
    if (timer === null) return;
    clearTimeout(timer);
    timer = null;
    settled();
  };
  return {
    get active() {
      return timer !== null;
    },
    moved(ms) {
      if (timer !== null) clearTimeout(timer);
      timer = setTimeout(end, ms);
    },
    end,
  };
}
