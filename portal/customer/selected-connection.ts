/**
 * Which of several connections the sign-in pages of this tab are about. Nothing is shared between tabs: each request says
 * it, so that two tabs can be about two connections of one session. So does each say which settings it shows, so that it
 * never changes what somebody else has changed meanwhile.
 */
const key = 'vestibule-connection';

export function selectConnection(connectionId: string | null): void {
  if (connectionId === null) sessionStorage.removeItem(key);
  else sessionStorage.setItem(key, connectionId);
}

/** The mark of the settings that the page shows, as the server named them. */
let shownSettings: string | undefined;
export const noteShownSettings = (mark: string | undefined): unknown => (shownSettings = mark);

export function connectionHeaders(): Record<string, string> {
  const selected = sessionStorage.getItem(key);
  return selected === null ? {} : { 'x-vestibule-connection': selected };
}

export function settingsHeaders(): Record<string, string> {
  return shownSettings === undefined ? {} : { 'x-vestibule-settings': shownSettings };
}
