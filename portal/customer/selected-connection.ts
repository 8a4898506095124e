/**
 * Which of several connections the sign-in pages of this tab are about. Nothing is shared between tabs: each request says
 * it, so that two tabs can be about two connections of one session.
 */
const key = 'vestibule-connection';

export function selectConnection(connectionId: string | null): void {
  if (connectionId === null) sessionStorage.removeItem(key);
  else sessionStorage.setItem(key, connectionId);
}

export function connectionHeaders(): Record<string, string> {
  const selected = sessionStorage.getItem(key);
  return selected === null ? {} : { 'x-vestibule-connection': selected };
}
