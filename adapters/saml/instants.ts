/**
 * An xs:dateTime in UTC as SAML demands (core §1.3.3): with a zone, and the zone is Z. Undefined for anything else,
 * because `Date.parse` also takes local times and other words for a date.
 */
export function readInstant(text: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,12})?Z$/.test(text)) return undefined;
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? undefined : new Date(milliseconds);
}
