/** Passing a stream on. */

/**
 * `events`, and before each what `before` gives for it. Whoever stops reading stops `events` too, which a loop over
 * `next()` would leave half read: a model call under way would never be settled.
 */
export async function* retell<Event, Result>(
  events: AsyncGenerator<Event, Result>,
  before: (event: Event) => Iterable<Event> | Promise<Iterable<Event>>,
): AsyncGenerator<Event, Result> {
  const ended: { value: Result }[] = [];
  const whole = (async function* () {
    ended.push({ value: yield* events });
  })();
  for await (const event of whole) {
    yield* await before(event);
    yield event;
  }
  const [result] = ended;
  if (result === undefined) throw new Error("the stream ended without a result");
  return result.value;
}
