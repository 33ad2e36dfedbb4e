/** Looking things up by names that come from outside. */

/**
 * The record's own value of a name. A plain lookup also finds what every object inherits (`constructor`,
 * `__proto__`), which a model, a file or a person may well name.
 */
export function ownValue<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
