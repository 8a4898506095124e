/**
 * Who at the customer gets what. News goes to everybody who is recorded, invited or not: what ends by a date, and acts that
 * another mailbox should see. Work goes to one, with the link that leads to it, so that two people do not do it twice.
 */
export interface ReachableContact {
  id: string;
  createdAt: Date;
  /** When they last opened a link; null for one that was recorded without inviting, too. */
  lastOpenedAt: Date | null;
  /** Mails to this address came back. */
  isBounced: boolean;
}

/**
 * The one contact who gets work that comes up by itself. Who opened a link last has done the set-up; before anybody has, it
 * is the one who was recorded first. An address that mails come back from gets it only where there is no other.
 */
export function contactForWork<Contact extends ReachableContact>(
  contacts: readonly Contact[],
): Contact | undefined {
  const reachable = contacts.filter(({ isBounced }) => !isBounced);
  const [first] = (reachable.length > 0 ? reachable : contacts).toSorted(
    (a, b) =>
      (b.lastOpenedAt?.getTime() ?? 0) - (a.lastOpenedAt?.getTime() ?? 0) ||
      a.createdAt.getTime() - b.createdAt.getTime() ||
      (a.id < b.id ? -1 : 1),
  );
  return first;
}
