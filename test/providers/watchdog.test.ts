import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Watchdog } from "../../src/providers/watchdog.ts";

describe("the watchdog of an exchange", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("bites when the response does not begin in time", () => {
    const dog = new Watchdog(new AbortController().signal, 1_000);
    vi.advanceTimersByTime(999);
    expect(dog.signal.aborted).toBe(false);
    expect(dog.cause()).toBeNull();
    vi.advanceTimersByTime(1);
    expect(dog.signal.aborted).toBe(true);
    expect(dog.cause()?.code).toBe("timeout");
  });

  test("once the stream has begun, each event gives it the idle limit anew, other bytes do not", () => {
    const dog = new Watchdog(new AbortController().signal, 1_000);
    dog.expectEvents(500);
    for (let n = 0; n < 5; n++) {
      vi.advanceTimersByTime(400);
      dog.heard(true);
      dog.waiting();
    }
    expect(dog.signal.aborted).toBe(false);
    vi.advanceTimersByTime(400);
    dog.heard(false);
    dog.waiting();
    vi.advanceTimersByTime(100);
    expect(dog.cause()?.code).toBe("stalled");
  });

  test("a reader busy with the events is no silence of the upstream", () => {
    const dog = new Watchdog(new AbortController().signal, 1_000);
    dog.expectEvents(500);
    dog.heard(true);
    vi.advanceTimersByTime(60_000);
    expect(dog.signal.aborted).toBe(false);
    dog.waiting();
    vi.advanceTimersByTime(500);
    expect(dog.signal.aborted).toBe(true);
  });

  test("the user's abort is told as such, also when the silence was long", () => {
    const user = new AbortController();
    const dog = new Watchdog(user.signal, 1_000);
    user.abort();
    expect(dog.signal.aborted).toBe(true);
    expect(dog.cause()?.code).toBe("aborted");
  });

  test("stopped, it leaves no timer behind", () => {
    const dog = new Watchdog(new AbortController().signal, 1_000);
    dog.expectEvents(500);
    dog.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
