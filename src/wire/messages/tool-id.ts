/** Tool-call ids as the Messages API takes them. */

/** The API refuses ids with any other character ("String should match pattern"). */
const accepted = /^[a-zA-Z0-9_-]+$/;

/**
 * The id as the API accepts it. Some servers make ids such as `functions.bash:0`; when a conversation moves here from
 * them, the same id always becomes the same one, and different ids stay different.
 */
export function wireToolId(id: string): string {
  if (accepted.test(id)) return id;
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193) >>> 0;
  return `${id.replaceAll(/[^a-zA-Z0-9_-]/g, "_")}_${hash.toString(36)}`;
}
